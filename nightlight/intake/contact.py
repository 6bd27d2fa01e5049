"""Reading who reported: asked for with a reason, approved by another person, read once within a day.

Each of the three steps is an entry of the log with its purpose. Whoever asks does not learn before the reading
whether there is a contact at all.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Report
from nightlight.intake import contact_mail
from nightlight.intake.models import ContactRequest
from nightlight.work import clock

OPEN_FOR = timedelta(hours=24)
MOST_REASON = 1000
OPEN = (ContactRequest.State.ASKED, ContactRequest.State.APPROVED)
S = ContactRequest.State


class NotOpen(ValueError):
    """This step can't be taken now; the message says why."""


@transaction.atomic
def ask(report_id: UUID, by: Person, reason: str) -> ContactRequest:
    """Asks to read the contact of a report, and tells the custodians by mail that something waits. Asked again while
    the first is open, the first stays and nobody is told again.

    Raises PermissionDenied, NotOpen without a reason, Report.DoesNotExist.
    """
    _need(by, Permission.REPORTER_READ)
    _words(reason)
    report = Report.objects.select_for_update().get(pk=report_id)
    close_late(report)
    if found := ContactRequest.objects.filter(report=report, asked_by=by, state__in=OPEN).first():
        return found
    row = ContactRequest.objects.create(
        report=report, asked_by=by, asked_at=clock.now(), reason=reason.strip()[:MOST_REASON]
    )
    told = contact_mail.tell(row)
    log.record("intake.ask_contact", by=by, about=report, purpose=row.reason, request=row.pk, told=told)
    return row


@transaction.atomic
def approve(request_id: UUID, by: Person, note: str) -> ContactRequest:
    """Lets whoever asked read the contact once, within OPEN_FOR. Raises PermissionDenied, also for whoever asked;
    NotOpen, ContactRequest.DoesNotExist."""
    row = _answered(request_id, by, note)
    row.state, row.open_until = S.APPROVED, clock.now() + OPEN_FOR
    row.save(update_fields=["state", "open_until", "answered_by", "answered_at", "answer"])
    log.record(
        "intake.approve_contact",
        by=by,
        about=row.report,
        purpose=row.answer,
        request=row.pk,
        until=row.open_until,
    )
    return row


@transaction.atomic
def refuse(request_id: UUID, by: Person, note: str) -> ContactRequest:
    """Does not let the contact be read. Raises as `approve` does."""
    row = _answered(request_id, by, note)
    row.state = S.REFUSED
    row.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    log.record("intake.refuse_contact", by=by, about=row.report, purpose=row.answer, request=row.pk)
    return row


@transaction.atomic
def read(request_id: UUID, by: Person) -> Mapping[str, Any]:
    """The contact as it was given, this once; empty where the reporter left none, or it was erased since.

    Raises PermissionDenied for anybody but whoever asked, NotOpen before an approval, after the first reading and
    after its time, ContactRequest.DoesNotExist.
    """
    _need(by, Permission.REPORTER_READ)
    row = _locked(request_id)
    if row.asked_by_id != by.pk:
        raise PermissionDenied(Permission.REPORTER_READ)
    if row.state != S.APPROVED or row.open_until is None:
        raise NotOpen("this is not approved, or was read already: ask again")
    if row.open_until <= clock.now():
        raise NotOpen("the approval is over: ask again")
    row.state, row.read_at = S.READ, clock.now()
    row.save(update_fields=["state", "read_at"])
    log.record("intake.read_contact", by=by, about=row.report, purpose=row.reason, request=row.pk)
    return dict(json.loads(row.report.contact)) if row.report.contact else {}


def is_another(row: ContactRequest, by: Person) -> bool:
    """Whether this is not the person who asked."""
    return row.asked_by_id != by.pk


def close_late(report: Report) -> None:
    """Closes what was approved and not read in time, in the caller's transaction."""
    ContactRequest.objects.filter(report=report, state=S.APPROVED, open_until__lte=clock.now()).update(
        state=S.CLOSED
    )


def close_of(person: Person) -> int:
    """Closes what a person who leaves has asked for, in the caller's transaction; returns how many."""
    return ContactRequest.objects.filter(asked_by=person, state__in=OPEN).update(state=S.CLOSED)


def _answered(request_id: UUID, by: Person, note: str) -> ContactRequest:
    """The request with its answer, not saved yet."""
    _need(by, Permission.REPORTER_APPROVE)
    _words(note)
    row = _locked(request_id)
    if not is_another(row, by):
        raise PermissionDenied("nobody approves what they asked for themselves")
    if row.state != S.ASKED:
        raise NotOpen("this was answered already")
    row.answered_by, row.answered_at, row.answer = by, clock.now(), note.strip()[:MOST_REASON]
    return row


def _locked(request_id: UUID) -> ContactRequest:
    return ContactRequest.objects.select_for_update(of=("self",)).select_related("report").get(pk=request_id)


def _need(by: Person, permission: Permission) -> None:
    if not by.may(permission):
        raise PermissionDenied(permission)


def _words(text: str) -> None:
    if not text.strip():
        raise NotOpen("write down why: it stands in the log with your name")
