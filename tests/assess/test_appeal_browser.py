"""The appeal's pages in a real browser, from asking to reading the answer, without a script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from nightlight.accounts.models import Person
from nightlight.assess.appeal_models import Appeal
from tests.casebook import cases
from tests.casebook.browser import Visit, chromium, overflows, rehearsal, violations, visit

FIXTURES = (chromium, visit)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_appeal_is_made_decided_and_its_answer_read(
    visit: Visit,
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rehearsal()
    cases.only("nobody", monkeypatch)
    cases.confirm(cases.page_case("http://shapes.example/a"))
    manager: Person = cases.analyst("manager")

    page = visit("/appeal/", width=320)
    assert violations(page) == []
    assert not overflows(page)
    page.get_by_label("I host it").check()
    page.get_by_label("Which address is it about?").fill("http://shapes.example/a")
    page.get_by_label("Why should we look again?").fill("These are only shapes.")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the appeal").click()
    found = re.search(r"\d{4}-\d{4}-\d{4}-\d{4}", page.content())
    assert found
    assert violations(page) == []

    work_until()
    desk = visit("/desk/appeals/", person=manager)
    assert violations(desk) == []
    with desk.expect_navigation():
        desk.locator("tbody a").click()
    assert violations(desk) == []
    desk.get_by_label("Not illegal").check()
    desk.get_by_label("Answer to the appellant").fill("You are right.")
    desk.get_by_role("button", name="Answer", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("answered")

    with page.expect_navigation():
        page.get_by_role("link", name="Read the answer").click()
    page.get_by_label("Your reference").fill(found[0])
    with page.expect_navigation():
        page.get_by_role("button", name="Show the answer").click()
    expect(page.get_by_text("You are right.").first).to_be_visible()
    assert violations(page) == []
    assert Appeal.objects.get().state == "upheld"
