"""What the public door does: take in a report, and take one back."""

from collections.abc import Sequence

from django.db import transaction

from nightlight.audit import log
from nightlight.casebook.models import Report
from nightlight.casebook.words import Channel, ReportKind, Source
from nightlight.intake.arrival import (
    HASH_LENGTHS,
    MOST_ADDRESSES,
    MOST_TEXT,
    Contact,
    Hash,
    Received,
    TooMuch,
    arrive,
)
from nightlight.intake.gather import keep
from nightlight.vault.tokens import normalise_receipt, receipt_digest
from nightlight.work import clock
from nightlight.work.home import ring

__all__ = [
    "HASH_LENGTHS",
    "MOST_ADDRESSES",
    "MOST_TEXT",
    "Contact",
    "Hash",
    "Received",
    "TooMuch",
    "UnknownReceipt",
    "find",
    "receive",
    "withdraw",
]


class UnknownReceipt(LookupError):
    """No report has this receipt, or it is none. Both look the same to whoever asks."""


def receive(
    kind: ReportKind,
    *,
    urls: Sequence[str] = (),
    hashes: Sequence[Hash] = (),
    text: str = "",
    channel: Channel | None = None,
    happening_now: bool = False,
    contact: Contact | None = None,
    source: Source = Source.PUBLIC,
) -> Received:
    """Takes in a report, also one without an address, and gives a receipt and our signed promise that it is logged.

    `urls` are kept as they were written; what is no address, and what is no hash, comes back in `not_understood`.
    Raises TooMuch above MOST_ADDRESSES addresses or MOST_TEXT characters.
    """
    return keep(
        arrive(
            kind,
            urls=urls,
            hashes=hashes,
            text=text,
            channel=channel,
            happening_now=happening_now,
            contact=contact,
            source=source,
        )
    )


def withdraw(receipt: str) -> Report:
    """Takes a report back for whoever holds its receipt: its contact is forgotten and it counts as withdrawn.

    What it told us about stays with the desk, because a child may need help. Doing it again changes nothing.
    Raises UnknownReceipt.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=find(receipt).pk)
        if report.withdrawn_at is None:
            report.withdrawn_at = clock.now()
            report.contact = ""
            report.save(update_fields=["withdrawn_at", "contact"])
            log.record("intake.withdraw", by="reporter", about=report)
    return report


def find(receipt: str) -> Report:
    """The report of a receipt, however the receipt is spelled. Raises UnknownReceipt."""
    normal = normalise_receipt(receipt)
    report = normal and Report.objects.filter(receipt_digest=receipt_digest(ring(), normal)).first()
    if not report:
        raise UnknownReceipt
    return report
