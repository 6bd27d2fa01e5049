"""The languages of the public pages: nothing left in English, chosen without a cookie, kept from page to page, and room
for long words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils.translation import trans_real

from nightlight.server.speech import gather, tongues
from tests.browser.conftest import Visit
from tests.browser.hotline import Day
from tests.browser.looks import APPEARANCES, NARROW, PUBLIC, Walk, too_wide

TRANSLATED = [
    "/",
    "/report/",
    "/receipt/",
    "/young-people/",
    "/parents/",
    "/appeal/",
    "/transparency/",
    "/transparency/made_by/",
]
# A language of long words that nobody speaks: each text of these parts with more than half as much behind it.
LONG, LONG_WORD = "mt", "pitkäsanaisuus"
WORD = re.compile(r"[^\W\d_]{3,}")


class Words(HTMLParser):
    """The pieces of text of a page that are in its own language, and its names for things."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "hr", "path", "circle", "rect"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.foreign: list[bool] = [False]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        other = (
            tag in ("script", "style") or ("lang" in said and tag != "html") or said.get("translate") == "no"
        )
        if not (self.foreign[-1] or other):
            self.pieces += [
                said[name] or "" for name in ("aria-label", "alt", "placeholder", "title") if name in said
            ]
        if tag not in self.VOID:
            self.foreign.append(self.foreign[-1] or other)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and len(self.foreign) > 1:
            self.foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self.foreign[-1]:
            self.pieces.append(data)


@pytest.fixture
def all_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every language complete, so that the choice among them is as long as it will be."""
    held = {code: replace(each, complete=tongues.PARTS) for code, each in tongues.tongues().items()}
    monkeypatch.setattr(tongues, "tongues", lambda: held)


def speak_long(monkeypatch: pytest.MonkeyPatch, *parts: str) -> None:
    """Texts of these parts have long words behind them."""
    spoken = trans_real.DjangoTranslation(LONG)
    for entry in gather.texts():
        if set(parts) & set(entry.parts):
            for form, text in enumerate((entry.key.text, entry.plural)):
                more = f" {LONG_WORD}" * (1 + int(0.5 * len(text)) // len(LONG_WORD))
                long = f"{LONG_WORD} {text}{more}" if "<" in text else text + more
                key = f"{entry.key.context}\x04{entry.key.text}" if entry.key.context else entry.key.text
                spoken._catalog[(key, form) if entry.plural else key] = long
                if not entry.plural:
                    break
    monkeypatch.setitem(trans_real._translations, LONG, spoken)


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    """Patches that end before the next test speaks."""
    with pytest.MonkeyPatch.context() as held:
        yield held


def untranslated(page: str) -> list[str]:
    """What a page says that does not come from the catalogue."""
    pieces = (re.sub(r"\s+", " ", each).strip() for each in Words(page).pieces)
    return [each for each in pieces if WORD.search(each) and LONG_WORD not in each]


@pytest.mark.django_db
@pytest.mark.parametrize("path", TRANSLATED)
def test_every_word_of_a_public_page_comes_from_the_texts_of_its_part(
    home: None, all_languages: None, patch: pytest.MonkeyPatch, path: str
) -> None:
    speak_long(patch, "young" if path == "/young-people/" else "public")

    left = untranslated(Client().get(f"{path}?language={LONG}").content.decode())

    assert [each for each in left if each not in ("Nightlight", "Nightlight:")] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
def test_a_page_follows_the_browser_and_says_its_language(home: None, language: str, direction: str) -> None:
    answers = [Client().get(path, headers={"Accept-Language": language}) for path in TRANSLATED]

    assert all(f'<html lang="{language}" dir="{direction}">' in each.content.decode() for each in answers)
    assert all(each["Content-Language"] == language for each in answers)
    assert all("Accept-Language" in each["Vary"] for each in answers)


@pytest.mark.django_db
def test_a_language_nobody_translated_reads_english_and_says_so(home: None) -> None:
    page = Client().get("/", headers={"Accept-Language": "nb"}).content.decode()

    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.django_db
def test_a_chosen_language_is_kept_by_every_link_and_form_and_by_no_cookie(home: None) -> None:
    client = Client(headers={"Accept-Language": "de"})
    lost = {}

    for path in TRANSLATED:
        page = client.get(f"{path}?language=ar").content.decode()
        assert 'dir="rtl"' in page
        ours = re.findall(r'(?:href|action)="(/(?!static|transparency/.*data|\.well-known)[^"]*)"', page)
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
    walk = Walk(visit("/", locale=language), PUBLIC, APPEARANCES[:1], by_keyboard=False)

    walk.through([*TRANSLATED, day.provider])

    assert not walk.found, "\n".join(walk.found)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_long_words_and_many_languages_have_room_on_a_small_screen(
    visit: Visit, day: Day, all_languages: None, patch: pytest.MonkeyPatch
) -> None:
    speak_long(patch, "young", "public")
    walk = Walk(visit("/", locale=LONG), PUBLIC, (NARROW,), by_keyboard=False)

    walk.through([*TRANSLATED, day.provider])

    assert walk.page.locator(".languages a").count() == len(tongues.tongues()) - 1
    assert not walk.found, "\n".join(walk.found)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_long_words_have_room_on_the_desk(
    visit: Visit, day: Day, all_languages: None, patch: pytest.MonkeyPatch
) -> None:
    speak_long(patch, *tongues.PARTS)
    desk = visit("/desk/", day.ada)
    desk.get_by_label("Language").select_option(LONG)
    with desk.expect_navigation():
        desk.get_by_role("button", name="Use this language").click()
    desk.locator(f"html[lang={LONG}]").wait_for()

    wide = []
    for path in ("/desk/", f"/desk/cases/{day.open.pk}/", "/desk/alarms/", "/desk/office/", "/desk/people/"):
        desk.goto(path)
        for width in (320, 1280):
            desk.set_viewport_size({"width": width, "height": 900})
            wide += [(path, width)] if too_wide(desk) else []

    assert wide == []
