"""The members page in a real browser."""

import pytest
from playwright.sync_api import expect

from nightlight.sharing import verbs
from nightlight.sharing.models import Member
from tests.casebook import cases
from tests.casebook.browser import Visit, chromium, overflows, rehearsal, violations, visit

FIXTURES = (chromium, visit)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_manager_changes_what_a_member_takes(visit: Visit) -> None:
    rehearsal()
    verbs.member("Example Ltd")
    verbs.member("Another Ltd")

    page = visit("/desk/members/", person=cases.analyst("manager"), width=320)
    assert violations(page) == []
    assert not overflows(page)
    page.get_by_label("URL list").last.uncheck()
    page.get_by_role("button", name="Record the agreement with Example Ltd").click()
    expect(page.get_by_role("status").first).to_contain_text("recorded")

    assert Member.objects.get(name="Example Ltd").lists == ["hashes"]
    assert violations(page) == []
