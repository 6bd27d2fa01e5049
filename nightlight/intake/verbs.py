"""What the public door does: take in a report, and take one back."""

from collections.abc import Sequence

from django.db import transaction

from nightlight.audit import log
from nightlight.casebook import events, own_prints
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
    readable,
)
from nightlight.intake.repeats import OtherContent, once
from nightlight.vault.tokens import normalise_receipt, receipt_digest, same
from nightlight.work import clock
from nightlight.work.home import ring

__all__ = [
    "HASH_LENGTHS",
    "MOST_ADDRESSES",
    "MOST_TEXT",
    "Contact",
    "Hash",
    "OtherContent",
    "Received",
    "TooMuch",
    "UnknownReceipt",
    "find",
    "readable",
    "receive",
    "withdraw",
]

NO_RECEIPT = "0000-0000-0000-0000"  # looked up where somebody wrote none, so that both take as long


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
    too_many: bool = False,
    form: str = "",
) -> Received:
    """Takes in a report, also one without an address, and gives a receipt and our signed promise that it is logged.

    `urls` are kept as they were written; what is no address, and what is no hash, comes back in `not_understood`.
    Hashes of somebody's own picture are offered to the list of such pictures; with `too_many` (whoever is at the door
    sent many before) they are kept with the report only. `form` tells one form from every other: sent again with the
    same content within a day it is no second report, and gives the same receipt.
    Raises TooMuch above MOST_ADDRESSES addresses or MOST_TEXT characters, OtherContent where `form` was sent with other
    content.
    """
    arrived = arrive(
        kind,
        urls=urls,
        hashes=hashes,
        text=text,
        channel=channel,
        happening_now=happening_now,
        contact=contact,
        source=source,
        too_many=too_many,
    )
    return once("form", form, [arrived])[0]


def withdraw(receipt: str) -> Report:
    """Takes a report back for whoever holds its receipt: its contact is forgotten and it counts as withdrawn, with
    what was added to it.

    What it told us about stays with the desk, because a child may need help; fingerprints of somebody's own picture
    are forgotten and leave their list. Doing it again changes nothing. Raises UnknownReceipt.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=find(receipt).pk)
        if report.withdrawn_at is None:
            added = Report.objects.select_for_update().filter(added_to__first=report)
            forgotten = sum(_take_back(each) for each in (report, *added))
            log.record("intake.withdraw", by="reporter", about=report, own_prints=forgotten)
    return report


def _take_back(report: Report) -> int:
    """Forgets who sent it and the fingerprints of their own picture; how many of these were kept."""
    own = report.kind == ReportKind.OWN_IMAGE
    report.withdrawn_at = clock.now()
    report.contact = ""
    report.hashes = [] if own else report.hashes
    report.save(update_fields=["withdrawn_at", "contact", "hashes"])
    forgotten = own_prints.forget(report) if own else 0
    if forgotten:
        events.own_image_withdrawn.send(sender=Report, report=report)
    return forgotten


def find(receipt: str) -> Report:
    """The report of a receipt, however the receipt is spelled. Raises UnknownReceipt.

    The database looks up a digest under a key that nobody outside has, so how long it takes tells nothing of how near
    a guess came; the row it gives is compared once more in constant time.
    """
    normal = normalise_receipt(receipt)
    digest = receipt_digest(ring(), normal or NO_RECEIPT)
    report = Report.objects.filter(receipt_digest=digest).first()
    if normal is None or report is None or not same(report.receipt_digest, digest):
        raise UnknownReceipt
    return report
