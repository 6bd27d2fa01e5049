"""A report on its way in: what was sent, read and made ready without asking the database, then written.

Many are written as one is: the same rows, entries, announcements and promises, with few statements for all of them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from nightlight.audit import log
from nightlight.audit.promise import promise
from nightlight.casebook import events, own_prints
from nightlight.casebook.models import OwnPrint, Report
from nightlight.casebook.spellings import understand
from nightlight.casebook.words import Channel, ReportKind, Source
from nightlight.intake.models import Repeat
from nightlight.vault.tokens import new_receipt, receipt_digest
from nightlight.work import clock, due
from nightlight.work.home import ring

MOST_ADDRESSES = 1000
MOST_TEXT = 100_000

# Hex digits of each hash a report may bring (RFC 1321, FIPS 180-4; PDQ: 256 bits).
HASH_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "pdq": 64}
_HEX = re.compile(r"[0-9a-f]+")

Contact = Mapping[str, str | int | float | bool | None]


class TooMuch(ValueError):
    """More than one report can carry; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Hash:
    """One fingerprint as reported: `type` such as `sha256`, `value` in hex, a PDQ's `quality` where it is known."""

    type: str
    value: str
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What a reporter takes home. The receipt is seen here and never again."""

    report: Report
    receipt: str
    proof: dict[str, str]
    not_understood: list[str]
    understood: list[str]  # canonical addresses
    own_prints: tuple[OwnPrint, ...] = ()  # of somebody's own picture, with what keeps each off the list


@dataclass(frozen=True, slots=True)
class Arrived:
    """One report, read and not written yet: what was sent, its canonical addresses, and what made no sense.

    `too_many`: whoever is at the door sent many fingerprints before, so these are kept with the report only.
    `receipt` and `repeat` are those of a request that was sent with a key (`intake/repeats.py`): it gets this receipt,
    and the record that it was answered is written with the report or not at all.
    """

    kind: ReportKind
    urls: list[str]
    understood: list[str]
    not_understood: list[str]
    hashes: list[own_prints.Print]
    text: str
    channel: Channel | None
    happening_now: bool
    contact: str
    source: Source
    too_many: bool = False
    receipt: str = ""
    repeat: Repeat | None = None


def arrive(
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
) -> Arrived:
    """Reads a report. Raises TooMuch above MOST_ADDRESSES addresses or MOST_TEXT characters."""
    if len(text) > MOST_TEXT:
        raise TooMuch(f"at most {MOST_TEXT} characters of text; please send the rest in a second report")
    urls, text = [readable(url) for url in urls], readable(text)
    understood, not_understood = understand(urls)
    if len(understood) > MOST_ADDRESSES:
        raise TooMuch(f"at most {MOST_ADDRESSES} addresses; please send the rest in a second report")
    known, unknown = _read_hashes(hashes)
    return Arrived(
        kind=kind,
        urls=urls,
        understood=[address.url for _, address in understood],
        not_understood=not_understood + unknown,
        hashes=known,
        text=text,
        channel=channel,
        happening_now=happening_now,
        contact=json.dumps(_plain(contact)) if contact else "",
        source=source,
        too_many=too_many,
    )


def write(arrived: Sequence[Arrived]) -> list[Received]:
    """Writes reports in one transaction, each with a receipt, an entry of its own and our promise, in their order.

    Raises IntegrityError where one belongs to a request that was answered already; then none is written.
    """
    with transaction.atomic():
        now, receipts = clock.now(), [each.receipt or new_receipt() for each in arrived]
        reports = [_row(each, receipt, now) for each, receipt in zip(arrived, receipts, strict=True)]
        _mark_answered(arrived, reports)
        Report.objects.bulk_create(reports)
        acts = [_act(each, report) for each, report in zip(arrived, reports, strict=True)]
        entries = log.record_all(acts, now)
        with due.together(now):
            own = [_offer(each, report) for each, report in zip(arrived, reports, strict=True)]
            for report in reports:
                events.report_received.send(sender=Report, report=report)
    return [
        Received(report, receipt, promise(entry), each.not_understood, each.understood, prints)
        for each, report, receipt, entry, prints in zip(arrived, reports, receipts, entries, own, strict=True)
    ]


def _mark_answered(arrived: Sequence[Arrived], reports: Sequence[Report]) -> None:
    """Records which requests these reports answer; two with the same key are two, and the database refuses one."""
    answered: dict[int, Repeat] = {}
    for each in arrived:
        if each.repeat is not None:
            answered[id(each.repeat)] = each.repeat
    for repeat in answered.values():
        repeat.reports = [
            str(report.pk) for each, report in zip(arrived, reports, strict=True) if each.repeat is repeat
        ]
    if answered:  # in one order, so that two processes never wait for each other
        Repeat.objects.bulk_create(sorted(answered.values(), key=lambda repeat: repeat.key_digest))


def _offer(arrived: Arrived, report: Report) -> tuple[OwnPrint, ...]:
    """Keeps the fingerprints of somebody's own picture and announces those that may be listed."""
    if arrived.kind != ReportKind.OWN_IMAGE:
        return ()
    kept = tuple(own_prints.keep(report, arrived.hashes, too_many=arrived.too_many))
    if any(not row.kept_off for row in kept):
        events.own_image_offered.send(sender=Report, report=report)
    return kept


def _row(arrived: Arrived, receipt: str, now: datetime) -> Report:
    return Report(
        received_at=now,
        source=arrived.source,
        kind=arrived.kind,
        channel=arrived.channel or "",
        happening_now=arrived.happening_now,
        text=arrived.text,
        contact=arrived.contact,
        addresses=json.dumps(arrived.urls),
        not_understood=json.dumps(arrived.not_understood),
        hashes=[{"type": each.type, "value": each.value} for each in arrived.hashes],
        receipt_digest=receipt_digest(ring(), receipt),
    )


def _act(arrived: Arrived, report: Report) -> log.Act:
    facts = {
        "kind": arrived.kind,
        "source": arrived.source,
        "happening_now": arrived.happening_now,
        "addresses": len(arrived.understood),
        "hashes": len(arrived.hashes),
        "not_understood": len(arrived.not_understood),
    }
    return log.Act("intake.receive", "reporter", report, facts=facts)


def _plain(contact: Contact) -> Contact:
    return {
        readable(name): readable(value) if isinstance(value, str) else value
        for name, value in contact.items()
    }


def readable(text: str) -> str:
    """The text with halves of characters (lone surrogates, which no encoding can carry) made visible marks."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read_hashes(hashes: Sequence[Hash]) -> tuple[list[own_prints.Print], list[str]]:
    known: dict[tuple[str, str], own_prints.Print] = {}
    unknown: list[str] = []
    for each in hashes:
        kind, value = each.type.strip().lower(), each.value.strip().lower()
        if len(value) == HASH_LENGTHS.get(kind) and _HEX.fullmatch(value):
            known.setdefault((kind, value), own_prints.Print(kind, value, each.quality))
        else:
            unknown.append(readable(each.value))
    return list(known.values()), unknown
