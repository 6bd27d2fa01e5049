"""A reporter's whole way: the front page, the form, the receipt, and how it stands until it is closed."""

import pytest
from playwright.sync_api import Page, expect

from nightlight.assess import verbs
from nightlight.assess.decision import Decision
from nightlight.casebook.models import Case, Report
from nightlight.casebook.words import Outcome
from nightlight.triage.verbs import sort
from tests.browser.conftest import Visit
from tests.browser.hotline import everyone
from tests.browser.looks import NARROW, PUBLIC, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def how_it_stands(page: Page, receipt: str) -> str:
    """What the receipt's page says first."""
    page.goto("/receipt/")
    page.get_by_label("Your receipt").fill(receipt)
    with page.expect_navigation():
        page.get_by_role("button", name="Show how it stands").click()
    return page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_a_report_is_followed_from_the_front_page_to_its_end(visit: Visit, scripts: bool) -> None:
    page = visit("/", width=320, java_script_enabled=scripts)

    page.get_by_role("link", name="I saw something").click()
    page.get_by_label("Where is it?").fill("http://quickpic.example/v/20418\nthe link with the blue square")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("the link with the blue square")).to_be_visible()
    receipt = page.locator(".receipt").inner_text()
    told = [how_it_stands(page, receipt)]
    sort(Report.objects.get().pk)
    told.append(how_it_stands(page, receipt))
    verbs.decide(Case.objects.get().pk, everyone(), Decision(Outcome.NOT_FOUND))
    told.append(how_it_stands(page, receipt))

    assert told == ["We have your report.", "Your report is with us, in review.", "Your report is closed."]
    assert page.context.cookies() == []


def test_a_report_is_sent_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/report/")
    address = page.get_by_label("Where is it?")

    while not address.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("http://quickpic.example/v/20418")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    send = page.get_by_role("button", name="Send the report")
    while not send.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your report.")
    assert Report.objects.get().kind == "own_image"


def test_what_answers_a_form_is_as_easy_to_read_as_the_form(visit: Visit) -> None:
    page = visit("/report/?kind=own_image")
    walk = Walk(page, PUBLIC, (NARROW,))

    page.get_by_label("Where is it?").fill("the blue square")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator(".receipt")).to_be_visible()
    walk.look()
    receipt = page.locator(".receipt").inner_text()
    how_it_stands(page, receipt)
    walk.look()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You took your report back.")
    walk.look()
    how_it_stands(page, "nonsense")
    walk.look()

    # The browser itself notes every answer that is not a 200; an unknown receipt is a 404.
    assert [fault for fault in walk.found if "Failed to load resource" not in fault] == []
