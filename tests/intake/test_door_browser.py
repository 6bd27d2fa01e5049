"""The public door in a real browser: without scripts, on small and wide screens, both ways of writing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from nightlight.casebook.models import Report
from tests.browser.start import fresh, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("/", "/report/", "/receipt/", "/young-people/", "/parents/")
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser, home: None, live_server: Any) -> Iterator[Open]:
    """`visit(path, width=1280, **context)`: a page as a new visitor sees it."""
    contexts = []

    def go(path: str, width: int = 1280, **options: Any) -> Page:
        context = fresh(
            chromium, base_url=live_server.url, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()


def wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_report_is_sent_and_looked_up_without_scripts(visit: Open) -> None:
    page = visit("/", width=320, java_script_enabled=False)

    page.get_by_role("link", name="I saw something").click()
    page.get_by_label("Where is it?").fill("http://a.example/x\nthe blue square")
    page.get_by_label("It is happening right now").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("the blue square")).to_be_visible()
    receipt = page.locator(".receipt").inner_text()
    with page.expect_navigation():
        page.get_by_role("link", name="Look up a report").first.click()
    page.get_by_label("Your receipt").fill(receipt)
    page.get_by_role("button", name="Show how it stands").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("We have your report.")
    assert Report.objects.get().happening_now
    assert page.context.cookies() == []
    assert receipt not in page.url


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_public_page_is_wider_than_its_window(visit: Open, language: str) -> None:
    page = visit("/", locale=language)
    wide = []

    for path in PAGES:
        page.goto(path)
        for width in (320, 1280, 3840):
            page.set_viewport_size({"width": width, "height": 900})
            wide += [(path, width)] if wider_than_its_window(page) else []

    assert wide == []


def test_a_language_written_from_the_right_turns_the_page(visit: Open) -> None:
    page = visit("/", locale="ar")

    assert page.locator("html").get_attribute("dir") == "rtl"
    brand, leave = page.locator(".brand").bounding_box(), page.locator(".leave").bounding_box()
    assert brand and leave and brand["x"] > leave["x"]


def test_everything_one_can_act_on_is_48_pixels_high(visit: Open) -> None:
    page = visit("/", width=320)

    for path in PAGES:
        page.goto(path)
        targets = page.locator(
            "button, .button, .choice, .brand, .leave, footer a, input:not([type=hidden]), select"
        )
        boxes = [targets.nth(place).bounding_box() for place in range(targets.count())]
        inside = [box for box in boxes if box and box["height"] != 24]  # the mark inside a whole choice

        assert all(box["height"] >= 48 for box in inside), path


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(visit: Open) -> None:
    page = visit("/report/")

    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Skip to the content")
    ring = skip.evaluate("element => getComputedStyle(element).outlineWidth")
    page.keyboard.press("Enter")

    assert ring == "3px"
    expect(page.locator("#main")).to_be_focused()
