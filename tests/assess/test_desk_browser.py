"""The desk in a real browser: the whole path by keyboard, narrow screens, no axe violation."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.casebook import egress, states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from tests.assess.conftest import MakeCase, MakePerson, confirmed
from tests.assess.test_reveal import Web, sighted
from tests.browser.start import fresh, started
from tests.casebook.browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def open_as(chromium: Browser, live_server: Any) -> Iterator[Open]:
    """`open_as(person, path, width=1280)`: a page of the desk, signed in."""
    contexts = []

    def go(person: Person, path: str = "/desk/", width: int = 1280, **options: Any) -> Page:
        client = Client()
        client.force_login(person)
        context = fresh(chromium, viewport={"width": width, "height": 900}, **options)
        context.add_cookies(
            [{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}]
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()


WIDTHS = (320, 1280, 3840)
# Once a page stood for a while, a press no longer belongs to the page before; scripts count from before `loaded`.
SETTLED = (
    "() => performance.now() - performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd > 601"
)


def submit(page: Page) -> None:
    """Sends the decision by its keys, once the page has settled, as far as the next page."""
    page.wait_for_function(SETTLED)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def scrolls_sideways(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 900})
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_case_is_decided_by_keyboard_alone(make_case: MakeCase, someone: MakePerson, open_as: Open) -> None:
    make_case()
    case = make_case()
    page = open_as(someone("analyst"))

    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_navigation(url=f"**/cases/{case.pk}/"):
        page.keyboard.press("Enter")
    for key in ("1", "c", "o"):
        page.keyboard.press(key)
    page.keyboard.type("two rooms")
    submit(page)
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    case.refresh_from_db()
    before = case.state
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Confirmed")

    case.refresh_from_db()
    assert (before, case.state, case.assessments.get().note) == (State.OPEN, State.CONFIRMED, "two rooms")


def test_two_presses_in_a_row_decide_nothing(make_case: MakeCase, someone: MakePerson, open_as: Open) -> None:
    case = make_case()
    page = open_as(someone("analyst"), f"/desk/cases/{case.pk}/")
    page.keyboard.press("3")
    page.add_init_script(
        "performance.now = () => 0"
    )  # the next page stays just opened, however slow the machine

    submit(page)
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    page.evaluate("document.addEventListener('submit', () => { window.submitted = true; })")
    page.keyboard.press("Control+Enter")

    assert page.evaluate("window.submitted === undefined")
    case.refresh_from_db()
    assert case.state == State.OPEN


def test_letters_in_a_note_are_letters(make_case: MakeCase, someone: MakePerson, open_as: Open) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{make_case().pk}/")

    page.keyboard.press("o")
    page.keyboard.type("abc 123")
    page.keyboard.press("Escape")
    page.keyboard.press("b")

    assert page.get_by_label("Note").input_value() == "abc 123"
    assert page.get_by_role("radio", name="Category B").is_checked()
    assert not page.get_by_role("radio", name="Category A").is_checked()


def test_another_outcome_takes_the_severity_back(
    make_case: MakeCase, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{make_case().pk}/")

    for key in ("1", "a", "2"):
        page.keyboard.press(key)

    assert page.get_by_role("radio", name="none").is_checked()


def test_the_keys_are_shown_and_hidden_by_a_key(
    make_case: MakeCase, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"))
    keys = page.get_by_text("read the decision back")

    page.keyboard.press("?")
    shown = keys.is_visible()
    page.keyboard.press("?")

    assert (shown, keys.is_visible()) == (True, False)


@pytest.fixture
def sighting_case(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case with one medium, a plain orange picture."""
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "orange").save(picture, "PNG")
    case = make_case()
    sighted(case, picture.getvalue())
    web = Web({"http://site1.example/page": ("image/png", picture.getvalue())})
    monkeypatch.setattr(egress, "fetcher", lambda: web)
    return case


PAINTED = "canvas => canvas.getContext('2d').getImageData(80, 60, 1, 1).data[3] > 0"


def test_the_pages_of_care_have_no_accessibility_violation(
    sighting_case: Case, someone: MakePerson, open_as: Open
) -> None:
    person = someone("senior_analyst", "manager")

    for path in ("wellbeing/", "wellbeing/limits/", "devices/"):
        page = open_as(person, f"/desk/{path}", 320)

        assert violations(page) == [], path
        assert [width for width in WIDTHS if scrolls_sideways(page, width)] == [], path


def test_no_page_of_the_desk_has_an_accessibility_violation_or_scrolls_sideways(
    sighting_case: Case, make_case: MakeCase, someone: MakePerson, open_as: Open
) -> None:
    senior = someone("senior_analyst")
    seconds, gone = make_case(danger_now=True), make_case()
    verbs.decide(seconds.pk, someone("analyst"), confirmed("A", note="by the pier"))
    verbs.decide(gone.pk, senior, confirmed("B"))
    with transaction.atomic():
        states.move(gone, State.WAITING, waiting_for="changed")
    paths = ["", "waiting/", "search/", *(f"cases/{case.pk}/" for case in (sighting_case, seconds, gone))]

    for path in paths:
        page = open_as(senior, f"/desk/{path}", 320)

        assert violations(page) == [], path
        assert [width for width in WIDTHS if scrolls_sideways(page, width)] == [], path


def test_the_reading_back_has_no_accessibility_violation(
    sighting_case: Case, someone: MakePerson, open_as: Open
) -> None:
    page = open_as(someone("analyst"), f"/desk/cases/{sighting_case.pk}/")
    page.get_by_role("radio", name="Nothing found").check()

    with page.expect_navigation():
        page.get_by_role("button", name="Read it back").click()

    assert violations(page) == []


def test_a_case_is_decided_without_scripts(make_case: MakeCase, someone: MakePerson, open_as: Open) -> None:
    case = make_case()
    page = open_as(someone("analyst"), f"/desk/cases/{case.pk}/", java_script_enabled=False)

    page.get_by_role("radio", name="Nothing found").check()
    page.get_by_role("button", name="Read it back").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Take this decision").click()

    case.refresh_from_db()
    assert case.state == State.DISMISSED
