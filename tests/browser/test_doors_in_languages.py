"""All three doors from the front page to the end, in three languages, one of them written from right to left."""

import pytest
from playwright.sync_api import Page, expect

from nightlight.casebook.models import Report
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEEN, ABOUT_ME, WORRIED = range(3)
QUESTIONS = 7


def through(page: Page, door: int) -> None:
    with page.expect_navigation():
        page.locator(".doors a").nth(door).click()


def send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit]:not([name])").last.click()


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl"), ("uk", "ltr")])
def test_every_door_leads_to_its_end_in_the_reader_s_language(
    visit: Visit, language: str, direction: str, scripts: bool
) -> None:
    page = visit("/", width=320, locale=language, java_script_enabled=scripts)
    spoken = []

    through(page, SEEN)
    page.locator("[name=urls]").fill("https://shapes.example/a")
    send(page)
    expect(page.locator(".receipt").first).to_be_visible()
    spoken.append(page.locator("html").get_attribute("lang"))

    page.goto("/")
    through(page, ABOUT_ME)
    with page.expect_navigation():
        page.locator("main a.button").first.click()
    page.locator("[name=age]").first.check()
    for _ in range(QUESTIONS):
        send(page)
    expect(page.locator(".receipt").first).to_be_visible()
    spoken.append(page.locator("html").get_attribute("lang"))

    page.goto("/")
    through(page, WORRIED)
    expect(page.locator("main a[href^='/parents/']").first).to_be_visible()
    spoken.append(page.locator("html").get_attribute("lang"))

    assert spoken == [language] * 3
    assert page.locator("html").get_attribute("dir") == direction
    assert sorted(Report.objects.values_list("kind", flat=True)) == ["material", "own_image"]
    assert page.context.cookies() == []
