"""A provider's whole way: the notice behind the link, its addresses as a table, the answer, and reading it again."""

import pytest
from playwright.sync_api import expect

from nightlight.takedown.models import Answer
from tests.browser.conftest import Visit
from tests.browser.hotline import Day
from tests.browser.looks import NARROW, PUBLIC, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_provider_reads_a_notice_takes_the_table_and_answers(visit: Visit, day: Day) -> None:
    page = visit(day.provider, width=320)
    walk = Walk(page, PUBLIC, (NARROW,))

    with page.expect_download() as download:
        page.get_by_role("link", name="Exact addresses").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Send the answer").click()
    walk.look()
    page.get_by_label("We have removed it").check()
    page.get_by_label("A note to us").fill("The account is closed.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("status")).to_contain_text("We have your answer")
    walk.look()

    assert "http://album.test/a/7" in download.value.path().read_text()
    assert Answer.objects.get().note == "The account is closed."
    # The browser itself notes every answer that is not a 200; a form sent empty is a 422.
    assert [fault for fault in walk.found if "Failed to load resource" not in fault] == []
    assert page.context.cookies() == [] or {each["name"] for each in page.context.cookies()} == {"csrftoken"}


def test_a_wrong_link_opens_nothing_and_says_what_to_do(visit: Visit, day: Day) -> None:
    page = visit(day.provider[:-3] + "AA/")

    expect(page.get_by_role("link", name="To the front page")).to_be_visible()
    assert "album" not in page.content()
