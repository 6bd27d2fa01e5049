"""The desk's pages of referral in a real browser: holding a case, fetching a package."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from nightlight.casebook.models import Hold
from nightlight.referral.models import Referral
from tests.casebook import cases
from tests.casebook.browser import Visit, chromium, overflows, rehearsal, violations, visit

FIXTURES = (chromium, visit)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_liaison_fetches_a_package_and_holds_its_case(
    visit: Visit,
    work_until: Callable[..., int],
) -> None:
    rehearsal()
    case = cases.page_case("http://shapes.example/a", danger_now=True)
    cases.confirm(case)
    work_until()
    liaison = cases.analyst("police_liaison")

    page = visit("/desk/referrals/", person=liaison, width=320)
    assert violations(page) == []
    assert not overflows(page)
    number = Referral.objects.get(to="police").number
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Fetch {number}").click()
    page = visit(f"/desk/cases/{case.pk}/", person=liaison)
    page.get_by_text("Place a police hold").click()
    page.get_by_label("Hold until the end of").fill("2026-02-01")
    page.get_by_label("Reference of the police").fill("file 7")
    assert violations(page) == []
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(page.get_by_text("Police hold until 1 February 2026.")).to_be_visible()
    page.wait_for_load_state()

    assert download.value.suggested_filename == f"{number}.json"
    assert Hold.objects.get().reference == "file 7"
    assert violations(page) == []
