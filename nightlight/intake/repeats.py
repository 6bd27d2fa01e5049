"""The same request sent again gives the same answer, receipts too, and no second report (Idempotency-Key).

Nothing is stored that opens anything: a keyed digest of the caller's key and one of the content, and the ids of the
reports, for a day. The receipts of such a request are computed from the key ring, the caller, the key, the content and
when that day ends, so only who sends all of it again gets them again; without a key they are drawn at random as ever.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta

from django.db import IntegrityError

from nightlight.audit.models import Entry
from nightlight.audit.promise import promise
from nightlight.casebook.models import OwnPrint, Report
from nightlight.intake import gather
from nightlight.intake.arrival import Arrived, Received, write
from nightlight.intake.models import Repeat
from nightlight.vault.tokens import RECEIPT_DIGITS, normalise_receipt, same
from nightlight.work import clock
from nightlight.work.home import ring

KEPT = timedelta(hours=24)
SHORTEST, LONGEST = 16, 200  # characters of a key; a UUID has 36


class BadKey(ValueError):
    """A key that can't be used; the message says what would be right."""


class OtherContent(ValueError):
    """This key was used for another content."""


def once(caller: str, key: str, arrived: Sequence[Arrived]) -> list[Received]:
    """Writes reports, or answers as the first time where this caller sent the same under the same key within a day.

    Without a key they are always written. Raises BadKey, OtherContent.
    """
    if not key:
        return _write(arrived)
    if not (SHORTEST <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise BadKey(
            f"Idempotency-Key: use {SHORTEST} to {LONGEST} characters nobody guesses, such as a UUID"
        )
    named, content = _digest("key", caller, key), _digest("content", _plain(arrived))
    mine = (caller, key, content)
    row = Repeat(key_digest=named, content_digest=content, expires=clock.real_now() + KEPT)
    receipts = _receipts(row, mine, len(arrived))
    tries_left = 1
    keyed = [replace(each, receipt=one, repeat=row) for each, one in zip(arrived, receipts, strict=True)]
    while True:  # asked first whether it is known, every request would cost a look in the database
        try:
            return _write(keyed)
        except (gather.AnsweredBefore, IntegrityError):
            if (found := _known(named)) is not None:
                return _again(found, mine, arrived)
            if tries_left == 0:
                raise
            tries_left -= 1  # what was known is a day old and forgotten now


def _write(arrived: Sequence[Arrived]) -> list[Received]:
    return [gather.keep(arrived[0])] if len(arrived) == 1 else write(arrived)


def _known(named: str) -> Repeat | None:
    """The record that this was answered within the day; an older one is forgotten."""
    row, now = Repeat.objects.filter(key_digest=named).first(), clock.real_now()
    if row is None or row.expires > now:
        return row
    Repeat.objects.filter(key_digest=named, expires__lte=now).delete()
    return None


def _again(row: Repeat, mine: tuple[str, str, str], arrived: Sequence[Arrived]) -> list[Received]:
    if not same(row.content_digest, mine[2]):
        raise OtherContent("This Idempotency-Key was used for another content; use a new one")
    reports = {str(each.pk): each for each in Report.objects.filter(pk__in=row.reports)}
    about = [f"report:{report}" for report in row.reports]
    entries = {each.about: each for each in Entry.objects.filter(verb="intake.receive", about__in=about)}
    return [
        Received(
            reports[report],
            receipt,
            promise(entries[f"report:{report}"]),
            each.not_understood,
            each.understood,
            tuple(OwnPrint.objects.filter(report=report).order_by("pk")),
        )
        for report, receipt, each in zip(
            row.reports, _receipts(row, mine, len(arrived)), arrived, strict=True
        )
    ]


def _plain(arrived: Sequence[Arrived]) -> str:
    """What was sent, without what we found of whoever sent it."""
    ours = {"too_many", "receipt", "repeat"}
    sent = [{name: value for name, value in asdict(each).items() if name not in ours} for each in arrived]
    return json.dumps(sent, sort_keys=True)


def _digest(*parts: str) -> str:
    return hmac.digest(ring().token_subkey("repeat"), json.dumps(parts).encode(), "sha256").hex()


def _receipts(row: Repeat, mine: tuple[str, str, str], count: int) -> list[str]:
    """16 digits for each that nobody can tell from drawn ones without the ring. The row's end is part of them: sent
    again after it, the same is a new report, and needs a receipt that no report has."""
    until = str(round(row.expires.timestamp() * 1_000_000))
    drawn = [int(_digest("receipt", *mine, until, str(n)), 16) % 10**RECEIPT_DIGITS for n in range(count)]
    return [normalise_receipt(f"{each:0{RECEIPT_DIGITS}d}") or "" for each in drawn]
