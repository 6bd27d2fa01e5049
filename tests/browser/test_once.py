"""A form that somebody sends twice at once goes out once, and its answer is the one they see; the second of two clicks
presses nothing of the next page; what they type on a slow line before the scripts came stays."""

from dataclasses import replace

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from nightlight.casebook.models import Report
from nightlight.intake import limits
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The door takes each form once, however fast."""
    monkeypatch.setattr(settings, "NIGHTLIGHT", replace(settings.NIGHTLIGHT, limits=True))
    monkeypatch.setattr(limits, "FORM_SECONDS", 0)


def press_twice(page: Page, name: str) -> None:
    """Presses a button two times, before its page can have gone: by key, because a second click would fall on
    whatever stands there when it has."""
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_report_sent_twice_at_once_is_one_and_shows_its_receipt(
    visit: Visit, limited: None, scripts: bool
) -> None:
    page = visit("/report/", java_script_enabled=scripts)
    page.get_by_label("Where is it?").fill("http://shapes.example/a")

    press_twice(page, "Send the report")

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your report.")
    assert Report.objects.count() == 1


def test_the_door_it_is_about_me_sends_once_too(visit: Visit, limited: None) -> None:
    page = visit("/young-people/tell/")
    page.get_by_label("Under 18").check()

    for name in ("Go on",) * 6 + ("Send",):
        with page.expect_navigation():
            press_twice(page, name)

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have it.")
    assert Report.objects.count() == 1


def second_click(page: Page) -> None:
    """The second of two quick clicks, on what would be pressed by it."""
    page.locator("main button, main a").last.hover()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)


def test_a_second_click_that_falls_on_the_next_page_presses_nothing_there(
    visit: Visit, limited: None
) -> None:
    page = visit("/young-people/tell/")
    page.get_by_label("Under 18").check()

    for name in ("Go on",) * 6 + ("Send",):
        with page.expect_navigation():
            page.get_by_role("button", name=name, exact=True).click()
        second_click(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have it.")
    assert Report.objects.count() == 1


def test_a_second_click_that_pressed_something_would_be_noticed(visit: Visit, limited: None) -> None:
    page = visit("/young-people/")
    page.route("**/once.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/young-people/tell/")
    page.get_by_label("Under 18").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Go on", exact=True).click()

    with page.expect_navigation():
        second_click(page)


def test_leaving_fast_takes_any_click(visit: Visit) -> None:
    page = visit("/young-people/tell/")
    page.route("https://www.wikipedia.org/", lambda route: route.fulfill(body="elsewhere"))
    page.get_by_role("link", name="Leave this page").hover()

    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)

    expect(page.get_by_text("elsewhere")).to_be_visible()


def test_whoever_stopped_the_page_may_send_again(visit: Visit) -> None:
    page = visit("/report/")
    page.clock.install()
    page.reload()
    page.route("**/report/", lambda route: route.abort("aborted"))
    send = page.get_by_role("button", name="Send the report")

    with page.expect_event("requestfailed"):
        send.click()
    page.unroute("**/report/")
    page.clock.fast_forward(21_000)
    with page.expect_navigation():
        send.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your report.")
    assert Report.objects.count() == 1


def test_what_was_typed_before_the_scripts_came_is_not_replaced_by_what_was_kept(visit: Visit) -> None:
    page = visit("/report/")
    address, more = page.get_by_label("Where is it?"), page.get_by_label("What else should we know?")
    address.fill("http://shapes.example/old")
    more.fill("A square.")
    late: list[Route] = []
    page.route("**/draft.js", lambda route: late.append(route))

    with page.expect_request("**/draft.js"):
        page.reload(wait_until="commit")
    address.fill("http://shapes.example/new")
    late[0].continue_()
    page.wait_for_load_state()

    expect(address).to_have_value("http://shapes.example/new")
    expect(more).to_have_value("A square.")
