"""An appellant's whole way: the appeal, the reference, a person who had no part in the decision, and the answer."""

import pytest
from playwright.sync_api import Page, expect

from nightlight.assess import appeal
from nightlight.assess.appeal_models import Appeal
from nightlight.casebook.words import State
from tests.browser.conftest import Visit
from tests.browser.hotline import Day
from tests.browser.looks import NARROW, PUBLIC, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ANSWER = "We looked at the page again and found nothing there that we may act on."


def ask(page: Page) -> str:
    """Sends an appeal about a page and returns its reference."""
    page.get_by_label("I own or run the site").check()
    page.get_by_label("Which address is it about?").fill("http://album.test/a/7")
    page.get_by_label("Why should we look again?").fill("The album was deleted a week ago.")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the appeal").click()
    return page.locator(".receipt").inner_text()


def answer_of(page: Page, reference: str) -> str:
    """What the reference's page says."""
    page.goto("/appeal/")
    page.get_by_label("Your reference").fill(reference)
    with page.expect_navigation():
        page.get_by_role("button", name="Show the answer").click()
    return page.locator("main").inner_text()


def test_an_appeal_is_decided_by_somebody_who_had_no_part_and_its_answer_read(visit: Visit, day: Day) -> None:
    page = visit("/appeal/", width=320, java_script_enabled=False)
    reference = ask(page)
    waiting = answer_of(page, reference)
    made = Appeal.objects.latest("pk")
    appeal.link_appeal(str(made.pk))

    desk = visit(f"/desk/appeals/{made.pk}/", day.ada)
    desk.get_by_label("Nothing found at the address").check()
    desk.get_by_label("Answer to the appellant").fill(ANSWER)
    desk.get_by_role("button", name="Answer", exact=True).click()
    expect(desk.get_by_role("heading", name="Our answer")).to_be_visible()
    told = answer_of(page, reference)

    day.noticed.refresh_from_db()
    assert "There is no answer yet" in waiting
    assert "You are right" in told and ANSWER in told
    assert day.noticed.state == State.DISMISSED
    assert page.context.cookies() == []


def test_every_step_of_an_appeal_is_easy_to_read(visit: Visit, day: Day) -> None:
    page = visit("/appeal/")
    walk = Walk(page, PUBLIC, (NARROW,))

    with page.expect_navigation():
        page.get_by_role("button", name="Send the appeal").click()
    walk.look()
    page.goto("/appeal/")
    reference = ask(page)
    walk.look()
    answer_of(page, reference)
    walk.look()

    # The browser itself notes every answer that is not a 200; a form sent empty is a 422.
    assert [fault for fault in walk.found if "Failed to load resource" not in fault] == []
