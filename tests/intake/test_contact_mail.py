"""Custodians are told by mail that something waits: our own people only, with nothing of it, and once."""

from collections.abc import Callable

import pytest

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.casebook import post
from nightlight.casebook.words import ReportKind
from nightlight.intake import contact, contact_mail, verbs
from nightlight.intake.models import ContactMail
from nightlight.work.models import Work
from tests.intake.test_contact import GIVEN
from tests.triage.test_alarm_clock import sent, told

__all__ = ["sent"]

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]
Until = Callable[..., int]
REASON = "to reach the school of the kite"


def opened(someone: Someone) -> None:
    """As a manager opens mail to the hotline's own people."""
    rota.set_rule("UTC", 10, "110", "", someone("manager", email="manager@hotline.test"))


def asked(someone: Someone) -> Person:
    """Two custodians, one of whom asks."""
    asker = someone("child_protection_officer", "custodian", email="asker@hotline.test")
    someone("custodian", email="custodian@hotline.test")
    report = verbs.receive(
        ReportKind.MATERIAL, text="a square", contact=GIVEN
    ).report  # which raises no alarm
    contact.ask(report.pk, asker, REASON)
    return asker


def test_every_custodian_but_whoever_asked_is_told_that_something_waits(
    home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    opened(someone)
    asked(someone)

    work_until()

    raw = sent[0].raw.decode()
    assert told(sent) == ["custodian"]
    assert "/desk/contacts/approvals/" in raw
    assert f"<custodian.{ContactMail.objects.get().pk}@" in raw
    assert not any(word in raw for word in ("kite", "school", "asker", "Lark", "square", "contact "))


def test_asked_again_nobody_is_told_again(
    home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    opened(someone)
    asker = asked(someone)
    work_until()

    contact.ask(ContactMail.objects.get().request.report_id, asker, REASON)
    work_until()

    assert told(sent) == ["custodian"]


def test_what_was_answered_meanwhile_is_not_mailed(
    home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    opened(someone)
    asked(someone)
    row = ContactMail.objects.get()

    contact.refuse(row.request_id, row.person, "not needed")
    work_until()

    row.refresh_from_db()
    assert (sent, row.state) == ([], "spared")


def test_it_leaves_by_itself_once_a_manager_opened_the_mail_to_our_own_people(
    real_home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    asked(someone)
    work_until()
    before = list(sent)

    opened(someone)
    contact_mail.send_again()
    work_until()

    assert (before, told(sent)) == ([], ["custodian"])


def test_a_mail_to_a_custodian_that_may_have_arrived_is_not_sent_again(
    home: None,
    someone: Someone,
    sent: list[post.Letter],
    work_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(server: object, letter: post.Letter, before_dot: Callable[[], bool]) -> bool:
        before_dot()
        sent.append(letter)
        raise KeyError  # the process dies after the dot

    monkeypatch.setattr(post, "deliver", breaks)
    opened(someone)
    asked(someone)
    work_until()
    Work.objects.filter(task=contact_mail.MAIL).update(not_before=None)

    work_until()

    assert told(sent) == ["custodian"]
    assert ContactMail.objects.get().state == "in_doubt"
