"""What no native speaker has read is shown in a rehearsal only, and says so there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from nightlight.server.speech import catalogue, tongues
from nightlight.server.speech.catalogue import Entry, Key
from nightlight.server.speech.tongues import PARTS, Signature, Tongue
from tests.saboteur import turns_red

Sign = Callable[..., None]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOT_READ = "This translation was made by a machine and not yet reviewed by a person."


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Sign:
    """`german("young", "desk")`: German is complete and these parts of it are signed as they are now."""

    def sign(*parts: str, digest: str = "") -> None:
        signed = tuple(
            Signature(
                part,
                "A. Reader",
                date(2026, 1, 1),
                digest or catalogue.digest(catalogue.read("de").values(), part),
            )
            for part in parts
        )
        held = tongues.tongues() | {"de": Tongue("de", "German", "machine", PARTS, signed)}
        monkeypatch.setattr(tongues, "tongues", lambda: held)

    return sign


def language_of(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path, headers={"Accept-Language": "de"})
    return str(answer["Content-Language"])


@pytest.mark.django_db
def test_a_real_home_speaks_no_language_that_nobody_signed(real_home: None, german: Sign) -> None:
    german()

    assert [language_of(path) for path in ("/", "/?language=de", "/young-people/", "/transparency/")] == [
        "en"
    ] * 4
    assert 'hreflang="de"' not in Client().get("/").content.decode()


@pytest.mark.django_db
def test_without_asking_for_a_signature_a_real_home_would_speak_it(
    real_home: None, german: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tongues, "reviewed", lambda language, part: True)

    turns_red(test_a_real_home_speaks_no_language_that_nobody_signed, real_home, german)


@pytest.mark.django_db
def test_the_part_for_young_people_needs_a_signature_of_its_own(real_home: None, german: Sign) -> None:
    german("public")

    assert language_of("/") == "de"
    assert language_of("/young-people/?language=de") == "en"
    assert NOT_READ not in Client().get("/?language=de").content.decode()


@pytest.mark.django_db
def test_a_text_that_changed_after_it_was_read_lapses_the_signature(real_home: None, german: Sign) -> None:
    german("public", digest="0" * 64)

    assert language_of("/") == "en"


def test_what_is_signed_are_the_words_of_the_part_in_both_languages() -> None:
    entries = [
        Entry(Key("Lamp"), ("Lampe",), parts=("young",)),
        Entry(Key("Desk"), ("Tisch",), parts=("desk",)),
    ]
    other = replace(entries[0], said=("Leuchte",))

    signed = catalogue.digest(entries, "young")

    assert catalogue.digest([other, entries[1]], "young") != signed
    assert catalogue.digest([replace(entries[0], key=Key("Light")), entries[1]], "young") != signed
    assert catalogue.digest([entries[0], replace(entries[1], said=("Pult",))], "young") == signed


@pytest.mark.django_db
def test_a_rehearsal_speaks_it_and_says_in_both_languages_that_nobody_read_it(
    home: None, german: Sign
) -> None:
    german("public")

    young = Client().get("/young-people/?language=de").content.decode()
    public = Client().get("/?language=de").content.decode()

    assert NOT_READ in young and "Noch kein Mensch hat sie geprüft." in young
    assert NOT_READ not in public
    assert NOT_READ not in Client().get("/young-people/").content.decode()


@pytest.mark.django_db
def test_the_desk_speaks_the_language_a_person_chose_and_asks_no_browser(
    home: None, german: Sign, someone: Callable[..., object]
) -> None:
    german()
    client = Client(headers={"Accept-Language": "de"})
    client.force_login(someone("analyst"), backend=BACKEND)  # type: ignore[arg-type]

    before = language_of("/desk/", client)
    client.post("/desk/account/look/", {"language": "de", "next": "/desk/"})

    assert (before, language_of("/desk/", client)) == ("en", "de")
    assert 'lang="de" dir="ltr"' in client.get("/desk/").content.decode()


@pytest.mark.django_db
def test_a_real_desk_stays_in_english_until_its_translation_is_signed(real_home: None, german: Sign) -> None:
    client = Client()
    client.cookies["desk_language"] = "de"

    german("public", "young")
    unsigned = language_of("/desk/account/login/", client)
    german("desk")

    assert (unsigned, language_of("/desk/account/login/", client)) == ("en", "de")


@pytest.mark.django_db
def test_what_programs_read_is_in_english(home: None, german: Sign) -> None:
    german(*PARTS)

    programs = ["/api/v1/openapi.json", "/transparency/data.csv", "/transparency/data.json", "/healthz"]

    assert [language_of(f"{path}?language=de") for path in programs] == ["en"] * 4
