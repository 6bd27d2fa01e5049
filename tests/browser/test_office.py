"""The pages of the office with something on each: no axe violation, no scrolling sideways, all by keyboard."""

from datetime import timedelta

import pytest

from nightlight.accounts import leaving
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.audit import log
from nightlight.casebook import retention, texts
from nightlight.casebook.words import ReportKind
from nightlight.intake import contact
from nightlight.intake import verbs as intake
from nightlight.referral import holds
from nightlight.work import clock
from tests.browser.conftest import Visit
from tests.browser.hotline import Day, person
from tests.browser.looks import DESK, DESK_APPEARANCES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def filled(day: Day) -> tuple[Person, str]:
    """An office with something waiting everywhere: its inspector, and the page on which a contact is asked for."""
    bea = person(
        "Bea Holm", Role.CHILD_PROTECTION, Role.MANAGER, Role.CUSTODIAN, Role.ADMINISTRATOR, Role.INSPECTOR
    )
    liaison = person("Cai Moss", Role.POLICE_LIAISON)
    report = intake.receive(ReportKind.GROOMING, contact={"email": "lark@post.example"}).report
    contact.ask(report.pk, day.ada, "The school must know today.")
    contact.approve(contact.ask(report.pk, bea, "The same.").pk, day.ada, "Nothing less will do.")
    log.record("audit.export", by=day.ada, purpose="court order 7")
    retention.record("contact", "DE", 180, "Law 9", by=bea)
    texts.save("notice.reason", "Menschen haben hingesehen.", language="de", countries=["DE"], by=bea)
    holds.place(day.second.pk, clock.now() + timedelta(days=9), "ref 77", liaison)
    leaving.leave(liaison, bea, {})
    holds.place(day.open.pk, clock.now() + timedelta(days=9), "ref 78", bea)
    return bea, f"/desk/reports/{report.pk}/contact/"


def test_the_office_with_something_on_every_page(visit: Visit, day: Day) -> None:
    bea, asking = filled(day)
    walk = Walk(visit("/desk/office/", bea), DESK, DESK_APPEARANCES)
    names = (
        "office",
        "review",
        "duties",
        "holds",
        "contacts",
        "contacts/approvals",
        "retention",
        "texts/notice.reason",
    )

    walk.through([*(f"/desk/{name}/" for name in names), asking, f"/desk/people/{day.ada.pk}/leaving/"])

    assert not walk.found, "\n".join(walk.found)


def test_an_item_is_reviewed_and_a_contact_read_by_keyboard(visit: Visit, day: Day) -> None:
    bea, _asking = filled(day)
    page = visit("/desk/review/", bea)

    page.get_by_label("What you found").first.fill("the court order is filed")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("Reviewed.", exact=True).wait_for()
    page.goto("/desk/contacts/")
    page.get_by_role("button", name="Read the contact").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("lark@post.example").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Contacts you asked for").wait_for()

    assert page.get_by_text("lark@post.example").count() == 0
    assert page.get_by_role("button", name="Read the contact").count() == 0
