"""Reports taken on the telephone: an analyst writes them down, and the caller gets a number.

Whoever took the call knows that number. So it is good for coming back once: then the caller gets a fresh receipt that
nobody else has seen, and the first is worth nothing.
"""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Report
from nightlight.casebook.words import Channel, ReportKind
from nightlight.intake import verbs
from nightlight.intake.models import Call
from nightlight.vault.tokens import new_receipt, receipt_digest
from nightlight.work import clock
from nightlight.work.home import ring


@transaction.atomic
def take(
    by: Person,
    kind: ReportKind,
    *,
    urls: Sequence[str] = (),
    text: str = "",
    channel: Channel | None = None,
    happening_now: bool = False,
    contact: verbs.Contact | None = None,
) -> verbs.Received:
    """Files a report for a caller. Raises PermissionDenied, verbs.TooMuch."""
    if not by.may(Permission.CASE_ASSESS):
        raise PermissionDenied(Permission.CASE_ASSESS)
    received = verbs.receive(
        kind, urls=urls, text=text, channel=channel, happening_now=happening_now, contact=contact
    )
    Call.objects.create(report=received.report, taken_by=by, at=clock.now())
    log.record("intake.take_call", by=by, about=received.report)
    return received


def is_number(report: Report) -> bool:
    """Whether the receipt of a report is the number of a call still, which does nothing but bring a fresh one."""
    return Call.objects.filter(report=report, renewed_at=None).exists()


@transaction.atomic
def renew(report: Report) -> str | None:
    """At the first return after a call the fresh receipt, in whose place the caller's first number is forgotten; at
    every other return None."""
    call = Call.objects.select_for_update().filter(report=report, renewed_at=None).first()
    if call is None:
        return None
    receipt = new_receipt()
    report.receipt_digest = receipt_digest(ring(), receipt)
    report.save(update_fields=["receipt_digest"])
    call.renewed_at = clock.now()
    call.save(update_fields=["renewed_at"])
    log.record("intake.renew_receipt", by="reporter", about=report)
    return receipt
