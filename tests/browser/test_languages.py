"""The languages of the public pages: complete, current, chosen without a cookie, kept from page to page."""

import gettext
import re
from pathlib import Path

import pytest
from django.test import Client

import nightlight
from nightlight.casebook.words import Channel
from nightlight.intake import guidance, helplines
from nightlight.takedown.models import Answer
from tests.browser.conftest import Visit
from tests.browser.hotline import BACKEND, Day, everyone
from tests.browser.looks import APPEARANCES, PUBLIC, Walk

ROOMS = Path(nightlight.__file__).parent
LOCALE = ROOMS / "server" / "locale"
TRANSLATED = ["/", "/report/", "/receipt/", "/young-people/", "/parents/", "/parents/what-to-do/", "/appeal/"]
DESK = (
    "panel.html",
    "questions.html",
    "call.html",
    "call_taken.html",
    *(f"contact{name}.html" for name in ("s", "_approvals", "_ask", "_panel", "_read")),
)
# The texts of the pages that a reporter, an appellant and a provider meet.
SOURCES = (
    *(path for path in (ROOMS / "intake/templates/intake").glob("*.html") if path.name not in DESK),
    *(ROOMS / f"assess/templates/assess/appeal{name}.html" for name in ("", "_answer", "_sent")),
    *(ROOMS / f"server/templates/{name}.html" for name in ("base", "error")),
    *(ROOMS / f"intake/{name}.py" for name in ("forms", "told", "views", "receipt_views", "pace")),
    ROOMS / "takedown/templates/takedown/notice.html",
)
TEXT = re.compile(r"""\{% translate (?:"([^"]+)"|'([^']+)')|\b_\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)""")


def texts() -> set[str]:
    """Every text of the public pages, in English."""
    found = {str(label) for label in (*Channel.labels, *Answer.What.labels)}
    found |= {*helplines.texts(), *guidance.texts()}
    for source in SOURCES:
        for double, single, python in TEXT.findall(source.read_text()):
            found.add(double or single or "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', python)))
    return found


def written(language: str) -> dict[str, str]:
    """What the .po file says, without its plurals."""
    pairs = re.findall(
        r'^msgid "(.+)"\nmsgstr "(.+)"$', (LOCALE / language / "LC_MESSAGES/django.po").read_text(), re.M
    )
    return {key.replace('\\"', '"'): value.replace('\\"', '"') for key, value in pairs}


def compiled(language: str) -> gettext.NullTranslations:
    return gettext.translation("django", LOCALE, [language])


@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_text_of_the_public_pages_is_translated(language: str) -> None:
    missing = texts() - set(written(language))

    assert len(texts()) > 150
    assert missing == set()


@pytest.mark.parametrize("language", ["de", "ar"])
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    catalogue, said = compiled(language), written(language)

    assert {key for key, value in said.items() if catalogue.gettext(key) != value} == set()
    assert re.findall(r"%\(\w+\)s", " ".join(sorted(said))) != []
    assert {
        key
        for key, value in said.items()
        if sorted(re.findall(r"%\(\w+\)s|</?\w+", key)) != sorted(re.findall(r"%\(\w+\)s|</?\w+", value))
    } == set()


def test_no_text_shouts() -> None:
    said = {*texts(), *written("de").values(), *written("ar").values()}

    assert {text for text in said if "!" in text} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
def test_a_page_follows_the_browser_and_says_its_language(home: None, language: str, direction: str) -> None:
    answers = [Client().get(path, headers={"Accept-Language": language}) for path in TRANSLATED]

    assert all(f'<html lang="{language}" dir="{direction}">' in each.content.decode() for each in answers)
    assert all(each["Content-Language"] == language for each in answers)
    assert all("Accept-Language" in each["Vary"] for each in answers)


@pytest.mark.django_db
def test_a_language_nobody_translated_reads_english_and_says_so(home: None) -> None:
    page = Client().get("/", headers={"Accept-Language": "fi"}).content.decode()

    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.django_db
def test_the_desk_is_in_english_and_says_so(home: None) -> None:
    client = Client(headers={"Accept-Language": "ar"})
    client.force_login(everyone(), backend=BACKEND)

    pages = [client.get(path).content.decode() for path in ("/desk/", "/transparency/")]

    assert all('lang="en" dir="ltr"' in page for page in pages)


@pytest.mark.django_db
def test_a_chosen_language_is_kept_by_every_link_and_form_and_by_no_cookie(home: None) -> None:
    client = Client(headers={"Accept-Language": "de"})
    lost = {}

    for path in TRANSLATED:
        page = client.get(f"{path}?language=ar").content.decode()
        assert 'dir="rtl"' in page
        ours = re.findall(r'(?:href|action)="(/(?!static|transparency|\.well-known)[^"]*)"', page)
        lost[path] = [link for link in ours if "language=ar" not in link]

    assert lost == {path: [] for path in TRANSLATED}
    assert not client.cookies


@pytest.mark.django_db
def test_no_language_is_offered_where_following_it_would_lose_the_receipt(home: None) -> None:
    client = Client()

    form = client.get("/report/").content.decode()
    receipt = client.post("/report/", {"kind": "other", "text": "by phone"}).content.decode()

    assert "?language=de" in form
    assert 'class="receipt"' in receipt and "?language=" not in receipt


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_translated_page_is_as_easy_to_read(visit: Visit, day: Day, language: str) -> None:
    walk = Walk(visit("/", locale=language), PUBLIC, APPEARANCES[:1])

    walk.through([*TRANSLATED, day.provider])

    assert not walk.found, "\n".join(walk.found)
