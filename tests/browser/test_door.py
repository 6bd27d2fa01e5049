"""The calm front page in a browser: three doors, whom to call, leaving fast, and a form that a reload does not lose."""

import functools

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from nightlight.casebook.models import Case, Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import calls, returning
from nightlight.triage.verbs import sort
from tests.browser.conftest import Visit
from tests.browser.hotline import everyone
from tests.browser.looks import NARROW, PUBLIC, Walk, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES = 50_000  # of the first page and its one stylesheet
ELSEWHERE = "https://www.wikipedia.org/"
# What has the focus, if the bar at the top lies over all of it.
HIDDEN = """() => {
  const [focus, bar] = [document.activeElement, document.querySelector(".site-header")];
  const under = focus.getBoundingClientRect().bottom <= bar.getBoundingClientRect().bottom;
  return scrollY > 0 && under && !bar.contains(focus) && focus !== document.body ? [focus.outerHTML] : [];
}"""
BOTH = pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])


def without_the_network(page: Page) -> Page:
    """What is asked of any other host is answered here, and noted by nobody outside."""
    page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body="<h1>An encyclopedia</h1>"))
    return page


def test_the_first_page_is_small_and_asks_nobody_else(visit: Visit) -> None:
    page = visit("about:blank")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))

    page.goto("/")
    page.wait_for_load_state("networkidle")

    read = {each.url: len(each.body()) for each in answers}
    heavy = [url for url in read if url.endswith((".css", "/"))]
    assert sum(read[url] for url in heavy) <= MOST_BYTES and len(heavy) == 2
    assert {url.split("/")[2] for url in read} == {page.url.split("/")[2]}


@BOTH
def test_each_door_opens_and_the_chosen_country_goes_through_it(visit: Visit, scripts: bool) -> None:
    page = visit("/", width=320, java_script_enabled=scripts)

    page.get_by_label("Numbers for").select_option("Ireland")
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()
    headings = []
    for door in ("I saw something", "It is about me", "I am worried about a child"):
        with page.expect_navigation():
            page.get_by_role("link", name=door).click()
        headings.append(page.get_by_role("heading", level=1).inner_text())
        assert "country=IE" in page.url
        page.go_back()

    assert len(set(headings)) == 3 and headings[2] == "I am worried about a child"
    expect(page.get_by_role("link", name="1800 66 66 66")).to_be_visible()
    assert page.context.cookies() == []


def test_the_button_and_three_times_escape_leave_and_stand_in_no_way_back(visit: Visit) -> None:
    page = without_the_network(visit("/"))
    page.clock.install()
    page.goto("/report/")
    page.get_by_label("Where is it?").fill("http://a.example/x")
    page.clock.pause_at(page.evaluate("Date.now() + 3600 * 1000"))  # no slow machine uses up the two seconds

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(ELSEWHERE)
    page.go_back()

    assert not page.url.endswith("/report/")  # the page before it, whose place nobody took
    page.goto("/report/")
    expect(page.get_by_label("Where is it?")).to_have_value("")
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url(ELSEWHERE)


def press(page: Page, target: Locator) -> None:
    """Comes to a link or a button by keyboard and presses it, as far as the next page."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_both_forms_are_filled_in_and_sent_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/")
    button = functools.partial(page.get_by_role, "button", exact=True)

    press(page, page.get_by_role("link", name="I saw something"))
    tab_to(page, page.get_by_label("Where is it?"))
    page.keyboard.type("http://a.example/x")
    tab_to(page, page.get_by_label("Pictures or videos of a child"))
    page.keyboard.press("ArrowDown")
    press(page, button(name="Send the report"))
    page.goto("/young-people/")
    press(page, page.get_by_role("link", name="Begin"))
    tab_to(page, page.get_by_label("Under 18"))
    page.keyboard.press("Space")
    for name in ("Go on",) * 6 + ("Send",):
        press(page, button(name=name))

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have it.")
    assert sorted(Report.objects.values_list("kind", flat=True)) == ["own_image", "own_image"]


@pytest.mark.parametrize("size", [(320, 640), (640, 360), (1280, 800)], ids=str)
def test_the_way_out_stays_in_reach_however_far_down_one_reads_and_hides_no_focus(
    visit: Visit, size: tuple[int, int]
) -> None:
    page = visit("/report/")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    hidden = []

    page.keyboard.press("Shift+Tab")
    for _ in range(page.locator("a, input:not([type=hidden]), textarea, button, summary").count()):
        hidden += page.evaluate(HIDDEN)
        page.keyboard.press("Shift+Tab")
    page.mouse.wheel(0, 10_000)
    # A function: words the page's own policy forbids to read more than once.
    page.wait_for_function("() => scrollY + innerHeight > document.documentElement.scrollHeight - 2")

    assert hidden == []
    expect(page.get_by_role("link", name="Leave this page")).to_be_in_viewport(ratio=1)


def test_without_scripts_the_button_is_a_link(visit: Visit) -> None:
    page = without_the_network(visit("/", java_script_enabled=False))

    page.get_by_text("Leaving this page fast").click()
    expect(page.get_by_text("the history of your browser may still show")).to_be_visible()
    page.get_by_role("link", name="Leave this page").click()

    page.wait_for_url(ELSEWHERE)


def test_an_unfinished_form_outlives_a_reload_and_is_forgotten_once_sent(visit: Visit) -> None:
    page = visit("/report/")
    address = page.get_by_label("Where is it?")

    address.fill("http://a.example/x")
    page.get_by_label("A live stream or video call").check()
    page.get_by_label("It is happening right now").check()
    page.reload()
    expect(address).to_have_value("http://a.example/x")
    expect(page.get_by_label("A live stream or video call")).to_be_checked()
    expect(page.get_by_label("It is happening right now")).to_be_checked()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="We read one address")).to_be_visible()

    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    page.goto("/report/")
    expect(address).to_have_value("")
    address.fill("again")
    page.get_by_role("button", name="Clear everything").click()
    assert page.evaluate("sessionStorage.length") == 0


@BOTH
def test_after_a_call_the_receipt_is_replaced_a_question_answered_and_an_address_added(
    visit: Visit, scripts: bool
) -> None:
    ada = everyone()
    taken = calls.take(ada, ReportKind.GROOMING, text="An account in a game.")
    sort(taken.report.pk)
    returning.ask(taken.report.pk, ada, "Which game was it?")
    page = visit("/receipt/", width=320, java_script_enabled=scripts)
    walk = Walk(page, PUBLIC, (NARROW,))

    page.get_by_label("Your receipt").fill(taken.receipt)
    page.get_by_role("button", name="Show how it stands").click()
    expect(page.get_by_role("heading", name="We have a question")).to_be_visible()
    fresh = page.locator(".receipt").inner_text()
    if scripts:
        walk.look()
    page.get_by_label("Your answer").fill("The one with boats.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Thank you. We have your answer.")).to_be_visible()
    page.get_by_text("Add an address").click()
    page.get_by_label("Where else is it?").fill("http://a.example/x")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("You added to it once.")).to_be_visible()
    page.get_by_text("A signed proof that you filed this report").click()
    page.get_by_role("button", name="Show it to print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Proof of filing")
    if scripts:
        walk.look()

    assert fresh != taken.receipt and fresh not in page.url and page.context.cookies() == []
    assert Report.objects.count() == 2 and Case.objects.count() == 1
    assert walk.found == []
