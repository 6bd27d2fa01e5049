"""What the public door does: take in a report, and take one back."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from nightlight.audit import log
from nightlight.audit.promise import promise
from nightlight.casebook import events
from nightlight.casebook.models import Report
from nightlight.casebook.spellings import understand
from nightlight.casebook.words import Channel, ReportKind, Source
from nightlight.vault.tokens import new_receipt, normalise_receipt, receipt_digest, same
from nightlight.work import clock
from nightlight.work.home import ring

MOST_ADDRESSES = 1000
MOST_TEXT = 100_000
NO_RECEIPT = "0000-0000-0000-0000"  # looked up where somebody wrote none, so that both take as long

# Hex digits of each hash a report may bring (RFC 1321, FIPS 180-4; PDQ: 256 bits).
HASH_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "pdq": 64}
_HEX = re.compile(r"[0-9a-f]+")

Contact = Mapping[str, str | int | float | bool | None]


class TooMuch(ValueError):
    """More than one report can carry; the message says what to do."""


class UnknownReceipt(LookupError):
    """No report has this receipt, or it is none. Both look the same to whoever asks."""


@dataclass(frozen=True, slots=True)
class Hash:
    """One fingerprint as reported: `type` such as `sha256`, `value` in hex."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Received:
    """What a reporter takes home. The receipt is seen here and never again."""

    report: Report
    receipt: str
    proof: dict[str, str]
    not_understood: list[str]
    understood: list[str]  # canonical addresses


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
    if len(text) > MOST_TEXT:
        raise TooMuch(f"at most {MOST_TEXT} characters of text; please send the rest in a second report")
    urls, text = [readable(url) for url in urls], readable(text)
    understood, not_understood = understand(urls)
    if len(understood) > MOST_ADDRESSES:
        raise TooMuch(f"at most {MOST_ADDRESSES} addresses; please send the rest in a second report")
    known, unknown = _read_hashes(hashes)
    not_understood += unknown
    receipt = new_receipt()
    with transaction.atomic():
        report = Report.objects.create(
            received_at=clock.now(),
            source=source,
            kind=kind,
            channel=channel or "",
            happening_now=happening_now,
            text=text,
            contact=json.dumps(_plain(contact)) if contact else "",
            addresses=json.dumps(urls),
            not_understood=json.dumps(not_understood),
            hashes=known,
            receipt_digest=receipt_digest(ring(), receipt),
        )
        entry = log.record(
            "intake.receive",
            by="reporter",
            about=report,
            kind=kind,
            source=source,
            happening_now=happening_now,
            addresses=len(understood),
            hashes=len(known),
            not_understood=len(not_understood),
        )
        events.report_received.send(sender=Report, report=report)
    addresses = [address.url for _, address in understood]
    return Received(report, receipt, promise(entry), not_understood, addresses)


def withdraw(receipt: str) -> Report:
    """Takes a report back for whoever holds its receipt: its contact is forgotten and it counts as withdrawn, with
    what was added to it.

    What it told us about stays with the desk, because a child may need help. Doing it again changes nothing.
    Raises UnknownReceipt.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=find(receipt).pk)
        if report.withdrawn_at is None:
            added = Report.objects.select_for_update().filter(added_to__first=report)
            for each in (report, *added):
                each.withdrawn_at = clock.now()
                each.contact = ""
                each.save(update_fields=["withdrawn_at", "contact"])
            log.record("intake.withdraw", by="reporter", about=report)
    return report


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


def _plain(contact: Contact) -> Contact:
    return {
        readable(name): readable(value) if isinstance(value, str) else value
        for name, value in contact.items()
    }


def readable(text: str) -> str:
    """The text with halves of characters (lone surrogates, which no encoding can carry) made visible marks."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read_hashes(hashes: Sequence[Hash]) -> tuple[list[dict[str, str]], list[str]]:
    known: dict[tuple[str, str], None] = {}
    unknown: list[str] = []
    for each in hashes:
        kind, value = each.type.strip().lower(), each.value.strip().lower()
        if len(value) == HASH_LENGTHS.get(kind) and _HEX.fullmatch(value):
            known[kind, value] = None
        else:
            unknown.append(readable(each.value))
    return [{"type": kind, "value": value} for kind, value in known], unknown
