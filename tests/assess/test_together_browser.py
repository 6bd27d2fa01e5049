"""Deciding together in a real browser: ticked, looked at, decided, undone; no axe violation on the way."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from nightlight.assess.models import Together
from nightlight.casebook import whole
from tests.assess.conftest import MakeCase, MakePerson
from tests.assess.test_desk_browser import open_as as open_as
from tests.assess.test_together import of, showing
from tests.browser.start import started
from tests.casebook.browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


def looks_right(page: Page, name: str) -> None:
    """No axe violation; where somebody asks for them, a picture."""
    if folder := os.environ.get("LOOK_FOLDER"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert violations(page) == []


def test_cases_like_one_are_decided_together_and_undone(
    make_case: MakeCase, someone: MakePerson, open_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "_lacking", [])
    first = make_case(media=1)
    showing(make_case, *of(first)), showing(make_case, *of(first))
    page = open_as(someone("analyst"), f"/desk/cases/{first.pk}/")
    with page.expect_navigation():
        page.get_by_role("link", name="Cases like this one").click()
    looks_right(page, "like")
    group = page.get_by_role("region", name="They show the same media")
    for box in group.locator("input[name=cases]").all():
        box.check()
    group.get_by_label("Outcome").select_option("not_illegal")
    group.get_by_label("Reasons").fill("shapes only")

    with page.expect_navigation():
        group.get_by_role("button", name="Show what would be decided").click()
    looks_right(page, "look")
    with page.expect_navigation():
        page.get_by_role("button", name="Decide together").click()
    looks_right(page, "kept")
    kept = Together.objects.get()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("status")).to_contain_text("Undone")
    assert kept.parts.count() == 3
    assert Together.objects.get().state == Together.State.UNDONE


def test_the_queue_is_narrowed_kept_as_a_view_and_gone_on_with_by_keyboard(
    make_case: MakeCase, someone: MakePerson, open_as: Any
) -> None:
    make_case(priority=0)
    here = make_case(country="SE")
    page = open_as(someone("analyst"))
    page.get_by_text("Narrow, order, keep a view").click()
    page.get_by_label("Host in").fill("se")
    with page.expect_navigation():
        page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_label("Keep this view as").fill("Sweden")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep", exact=True).click()
    looks_right(page, "queue")

    page.keyboard.press("g")
    page.wait_for_url(f"**/desk/cases/{here.pk}/")

    expect(page.get_by_role("button", name="Give back")).to_be_visible()
