"""The urgent path in a real browser: an alarm appears on an open page, and is taken to its end by keyboard alone."""

from datetime import time

import pytest
from playwright.sync_api import Page, Route, expect

from nightlight.accounts import rota
from nightlight.accounts.permissions import Role
from nightlight.casebook.words import ReportKind
from nightlight.triage import drills
from nightlight.triage.alarm_models import Alarm
from tests.browser.conftest import Visit
from tests.browser.hotline import everyone, person, reported
from tests.browser.looks import DESK, DESK_APPEARANCES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

POLL, PATIENCE = 21_000, 16_000  # ms, a little more than the script's own


@pytest.fixture
def set_up(home: None) -> None:
    """A manager who set the urgent path, and an analyst who is on duty at any hour."""
    manager = person("Mara Holm", Role.MANAGER)
    ana = person("Ana Reyes", Role.ANALYST)
    rota.add(ana, rota.Place.FIRST, range(7), time(0), time(0), manager)
    rota.set_rule("Europe/Berlin", 15, "+44 1632 960000", "Child protection unit", manager)


def danger() -> Alarm:
    reported("http://quickpic.example/v/20418", ReportKind.MATERIAL, "A grey square.", now=True)
    return Alarm.objects.get()


def fill(page: Page, label: str, text: str) -> None:
    """Types into a field that the keyboard came to."""
    page.get_by_label(label).focus()
    page.keyboard.type(text)


def test_an_alarm_appears_on_a_page_that_stays_open_and_is_said(visit: Visit, set_up: None) -> None:
    page = visit("/desk/search/", everyone())
    page.clock.install()
    page.reload()
    expect(page.locator("[data-alarm]")).to_have_count(0)

    danger()
    page.clock.fast_forward(POLL)

    expect(page.locator("[data-alarm]")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("A child is said to be in danger now")


def test_a_desk_that_can_t_be_reached_says_so(visit: Visit, set_up: None) -> None:
    page = visit("/desk/search/", everyone())
    page.clock.install()
    page.reload()

    page.context.set_offline(True)
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.clock.fast_forward(POLL)

    expect(page.get_by_role("alert")).to_contain_text("can’t be reached")


def test_a_desk_that_gets_no_answer_says_so_too(visit: Visit, set_up: None) -> None:
    page = visit("/desk/search/", everyone())
    page.clock.install()
    page.reload()
    unanswered: list[Route] = []
    page.route("**/alarms/banner/", lambda route: unanswered.append(route))

    for _ in range(2):
        with page.expect_request("**/alarms/banner/"):
            page.clock.fast_forward(POLL)
        with page.expect_event("requestfailed"):
            page.clock.fast_forward(PATIENCE)

    expect(page.get_by_role("alert")).to_contain_text("can’t be reached")


def test_whoever_stands_on_an_alarm_stays_there_and_sees_the_next_one(visit: Visit, set_up: None) -> None:
    danger()
    page = visit("/desk/search/", everyone())
    page.clock.install()
    page.reload()
    link = page.locator("[data-alarm]").get_by_role("link")
    link.focus()

    reported("http://cards.example/seaside/17", ReportKind.MATERIAL, "Another square.", now=True)
    page.clock.fast_forward(POLL)
    expect(page.get_by_role("alert").and_(page.locator(".alarm"))).to_be_visible()
    expect(link).to_be_focused()
    page.keyboard.press("Tab")
    page.clock.fast_forward(POLL)

    expect(page.locator("[data-alarm]")).to_have_count(2)
    expect(page.get_by_role("alert")).to_have_text("")


def test_from_alarm_to_closed_by_keyboard_alone(visit: Visit, set_up: None) -> None:
    alarm = danger()
    page = visit("/desk/", everyone())

    with page.expect_navigation():
        page.keyboard.press("u")
    page.get_by_role("link", name="A child is said to be in danger now").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("t")
    expect(page.get_by_role("button", name="Record the call")).to_be_visible()
    fill(page, "Incident number", "2026-17")
    fill(page, "Name of who answered", "Sergeant Lund")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Sergeant Lund")).to_be_visible()
    page.get_by_role("button", name="Close: the police were told").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Closed")
    alarm.refresh_from_db()
    assert (alarm.state, alarm.ending) == ("closed", "police_told")


def test_an_alarm_in_each_of_its_states_and_a_drill_have_no_fault(visit: Visit, set_up: None) -> None:
    ada = everyone()
    alarm, drill = danger(), drills.begin(ada)
    walk = Walk(visit("/desk/", ada), DESK, DESK_APPEARANCES)
    walk.through([f"/desk/alarms/{alarm.pk}/", f"/desk/alarms/{drill.pk}/", "/desk/alarms/", "/desk/rota/"])
    walk.page.goto(f"/desk/alarms/{alarm.pk}/")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("t")
    expect(walk.page.get_by_role("button", name="Record the call")).to_be_visible()

    walk.look()

    assert not walk.found, "\n".join(walk.found)
