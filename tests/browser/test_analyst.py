"""An analyst's whole way by keyboard alone, from signing in to the decision, and another person's second look."""

import re

import pytest
from playwright.sync_api import Page, expect

from nightlight.casebook.models import Assessment
from nightlight.casebook.words import State
from tests.browser.conftest import Visit
from tests.browser.hotline import PASSWORD, Day
from tests.browser.looks import DESK, NARROW, Walk, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press_enter(page: Page) -> None:
    """Presses what has the focus, as far as the next page, all of it."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page: Page, email: str) -> None:
    """Signs in by keyboard."""
    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    press_enter(page)


def open_case(page: Page, number: object) -> None:
    """Opens a case of the queue by keyboard."""
    tab_to(page, page.locator(f'a[data-row][href*="{number}"]'))
    press_enter(page)
    expect(page).to_have_url(re.compile(rf"/cases/{number}/$"))


def grade(page: Page, walk: Walk | None = None) -> None:
    """Confirms with category A, looks at every medium, reads it back and takes the decision."""
    for key in ("1", "a"):
        page.keyboard.press(key)
    for box in page.get_by_role("checkbox", name="looked at").all():
        tab_to(page, box)
        page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Read it back"))
    press_enter(page)
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    if walk:
        walk.look()
    tab_to(page, page.get_by_role("button", name="Take this decision"))
    press_enter(page)


def test_a_case_goes_through_two_pairs_of_eyes_by_keyboard_alone(visit: Visit, day: Day) -> None:
    first, second = visit("/desk/"), visit("/desk/")
    walk = Walk(first, DESK, (NARROW,))

    sign_in(first, day.mira.email)
    open_case(first, day.open.pk)
    grade(first, walk)
    expect(first.get_by_role("status").first).to_be_visible()
    day.open.refresh_from_db()
    after_one = day.open.state
    sign_in(second, day.jonas.email)
    open_case(second, day.open.pk)
    grade(second)
    expect(second.get_by_role("status").first).to_be_visible()

    day.open.refresh_from_db()
    looks = Assessment.objects.filter(case=day.open).order_by("pk").values_list("by__name", "is_final")
    assert (after_one, day.open.state) == (State.SECOND_LOOK, State.CONFIRMED)
    assert list(looks) == [("Mira Lund", False), ("Jonas Okafor", True)]
    assert not walk.found, "\n".join(walk.found)


def test_the_person_who_looked_first_is_told_that_another_must_look(visit: Visit, day: Day) -> None:
    page = visit(f"/desk/cases/{day.second.pk}/", day.jonas)

    pane = page.get_by_role("region", name="Decision", exact=True)

    expect(pane.get_by_role("radio")).to_have_count(0)
    expect(pane).to_contain_text("another person")
