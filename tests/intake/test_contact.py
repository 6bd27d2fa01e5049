"""A reporter's contact: asked for with a reason, approved by another person, read once and in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import contact, verbs
from nightlight.intake.models import ContactRequest
from nightlight.work import clock

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
GIVEN = {"email": "lark@post.example", "name": "Lark"}
Someone = Callable[..., Person]


def reported() -> Report:
    return verbs.receive(ReportKind.GROOMING, text="a square", contact=GIVEN).report


def approved(someone: Someone) -> tuple[ContactRequest, Person]:
    asker, custodian = someone("child_protection_officer"), someone("custodian")
    asked = contact.ask(reported().pk, asker, "to reach the child's school")
    return contact.approve(asked.pk, custodian, "nothing less will do"), asker


def test_a_contact_is_read_after_another_person_approved_it(home: None, someone: Someone) -> None:
    request, asker = approved(someone)

    found = contact.read(request.pk, asker)

    assert found == GIVEN


def test_each_step_is_an_entry_with_its_purpose(home: None, someone: Someone) -> None:
    request, asker = approved(someone)

    contact.read(request.pk, asker)

    steps = [
        (entry.verb, entry.purpose)
        for entry in Entry.objects.filter(verb__endswith="_contact").order_by("pk")
    ]
    assert steps == [
        ("intake.ask_contact", "to reach the child's school"),
        ("intake.approve_contact", "nothing less will do"),
        ("intake.read_contact", "to reach the child's school"),
    ]


def test_nobody_approves_what_they_asked_for(home: None, someone: Someone) -> None:
    both = someone("child_protection_officer", "custodian")
    asked = contact.ask(reported().pk, both, "a reason")

    with pytest.raises(PermissionDenied):
        contact.approve(asked.pk, both, "my own")

    asked.refresh_from_db()
    assert asked.state == ContactRequest.State.ASKED


def test_an_approval_is_for_one_reading(home: None, someone: Someone) -> None:
    request, asker = approved(someone)
    contact.read(request.pk, asker)

    with pytest.raises(contact.NotOpen):
        contact.read(request.pk, asker)

    assert Entry.objects.filter(verb="intake.read_contact").count() == 1


def test_an_approval_ends_with_its_time(home: None, someone: Someone) -> None:
    request, asker = approved(someone)
    clock.run(clock.now() + contact.OPEN_FOR + timedelta(seconds=1), None)

    with pytest.raises(contact.NotOpen):
        contact.read(request.pk, asker)

    assert not Entry.objects.filter(verb="intake.read_contact").exists()


def test_nobody_reads_before_an_approval_or_after_a_refusal(home: None, someone: Someone) -> None:
    asker, custodian = someone("child_protection_officer"), someone("custodian")
    asked = contact.ask(reported().pk, asker, "a reason")

    with pytest.raises(contact.NotOpen):
        contact.read(asked.pk, asker)
    contact.refuse(asked.pk, custodian, "the school is known")
    with pytest.raises(contact.NotOpen):
        contact.read(asked.pk, asker)

    assert ContactRequest.objects.get().answer == "the school is known"


def test_somebody_else_does_not_read_what_was_approved(home: None, someone: Someone) -> None:
    request, _asker = approved(someone)

    with pytest.raises(PermissionDenied):
        contact.read(request.pk, someone("child_protection_officer"))


@pytest.mark.parametrize("role", ["analyst", "manager", "administrator", "inspector", "custodian"])
def test_who_may_not_read_contacts_may_not_ask(home: None, someone: Someone, role: str) -> None:
    with pytest.raises(PermissionDenied):
        contact.ask(reported().pk, someone(role), "a reason")


def test_no_step_is_taken_without_words(home: None, someone: Someone) -> None:
    asker, custodian = someone("child_protection_officer"), someone("custodian")
    asked = contact.ask(reported().pk, asker, "a reason")

    with pytest.raises(contact.NotOpen):
        contact.ask(reported().pk, asker, "  ")
    with pytest.raises(contact.NotOpen):
        contact.approve(asked.pk, custodian, "")


def test_asking_again_while_it_waits_changes_nothing(home: None, someone: Someone) -> None:
    asker, report = someone("child_protection_officer"), reported()

    first, second = contact.ask(report.pk, asker, "a reason"), contact.ask(report.pk, asker, "another")

    assert first == second
    assert Entry.objects.filter(verb="intake.ask_contact").count() == 1


def test_a_contact_that_was_taken_back_meanwhile_is_read_as_none(home: None, someone: Someone) -> None:
    request, asker = approved(someone)
    Report.objects.get().refresh_from_db()
    row = Report.objects.get()
    row.contact = ""
    row.save(update_fields=["contact"])

    found = contact.read(request.pk, asker)

    assert found == {}


def browser(who: Person) -> Client:
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client


def test_the_pages_lead_from_asking_to_one_reading(home: None, someone: Someone) -> None:
    asker, custodian = someone("child_protection_officer"), someone("custodian")
    report = reported()

    browser(asker).post(f"/desk/reports/{report.pk}/contact/", {"reason": "the school must know"})
    asked = ContactRequest.objects.get()
    waiting = browser(custodian).get("/desk/contacts/approvals/").content.decode()
    browser(custodian).post(f"/desk/contacts/{asked.pk}/answer/", {"note": "yes", "answer": "approve"})
    shown = browser(asker).post(f"/desk/contacts/{asked.pk}/read/")
    again = browser(asker).post(f"/desk/contacts/{asked.pk}/read/")

    assert "the school must know" in waiting and "lark@post.example" not in waiting
    assert "lark@post.example" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert again.status_code == 302


def test_no_other_page_of_the_desk_shows_a_contact(home: None, someone: Someone) -> None:
    from tests.browser.hotline import PAGES, everyone

    request, _asker = approved(someone)
    client = browser(everyone())
    pages: list[Any] = [client.get(page) for page in (*PAGES, f"/desk/reports/{request.report_id}/contact/")]

    said = "".join(page.content.decode() for page in pages)

    assert "lark@post.example" not in said
