"""Bringing past reports in: each line a version in the table, and its changes in the ledger, in one transaction.

Nothing is announced: no notice, check, referral or list entry follows. A line that is there already is passed over,
so an import that was cut off goes on when it is run again.
"""

import gc
import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import transaction

from nightlight.audit import log
from nightlight.stats import bulk, ledger, line, own, past_units, units
from nightlight.stats.line import BadLine, Line
from nightlight.stats.past_models import PastLine
from nightlight.vault import KeyRing, blind
from nightlight.work import clock
from nightlight.work.home import ring
from nightlight.work.ids import new_id

BATCH = 10_000
LONGEST = 1_000_000  # bytes of a line

_URL = PastLine._meta.get_field("url")
_PLAIN = tuple(name for name in line.NAMES if name not in ("id", "url", "outcomes", "media"))
COLUMNS = (
    *("id", "ref", "version", "recorded_at", "content_digest", "url", "url_index"),
    *_PLAIN,
    *("outcomes", "media"),
)
_all_of = attrgetter(*line.NAMES)
_plain_of = attrgetter(*_PLAIN)
_INDEX = COLUMNS.index("url_index")

Refuse = Callable[[int, str], None]
Move = Callable[[int], None]


@dataclass(slots=True)
class Brought:
    """What an import did: lines that are new, corrections kept as a new version, lines that were there, lines that do
    not fit."""

    new: int = 0
    corrected: int = 0
    same: int = 0
    refused: int = 0


def bring(lines: Iterable[bytes], refuse: Refuse, move: Move = lambda done: None) -> Brought:
    """Imports lines, a transaction for each few thousand.

    `refuse` is called with the number (from 1) and the reason of each that does not fit; `move` with how many lines
    were read.
    """
    done, numbered = Brought(), enumerate(lines, 1)
    with _uncollected():
        while batch := list(islice(numbered, BATCH)):
            fitting = list(_fitting(batch, done, refuse))
            if fitting:
                _bring(fitting, done)
            move(batch[-1][0])
    return done


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for cycles: of so many small objects there are none, and it takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fitting(batch: Iterable[tuple[int, bytes]], done: Brought, refuse: Refuse) -> Iterator[Line]:
    for number, text in batch:
        if not text.strip():
            continue
        try:
            if len(text) > LONGEST:
                raise BadLine(f"longer than {LONGEST} bytes")
            yield line.read(text)
        except BadLine as error:
            done.refused += 1
            refuse(number, str(error))


def _bring(lines: list[Line], done: Brought) -> None:
    now, keys = clock.now().astimezone(UTC), ring()
    secret = keys.token_subkey("stats", "line")
    with transaction.atomic(), ledger.writing():
        held = _newest({row.id for row in lines})
        fresh: list[tuple[Line, int, str]] = []
        for row in lines:
            number, digest = held.get(row.id, (0, ""))
            content = _digest(row, secret)
            if content == digest:
                done.same += 1
                continue
            held[row.id] = (number + 1, content)
            fresh.append((row, number + 1, content))
        if not fresh:
            return
        corrected = sum(number > 1 for _row, number, _digest in fresh)
        rows = [_row(row, number, digest, now, keys) for row, number, digest in fresh]
        versions = [
            (values[_INDEX], units.version(row, number, now))
            for (row, number, _digest), values in zip(fresh, rows, strict=True)
        ]
        changes, cases = past_units.changes(versions)
        bulk.add(changes)
        bulk.insert(PastLine, COLUMNS, rows)
        own.mark(cases)
        log.record("stats.import", by="system", new=len(fresh) - corrected, corrected=corrected)
    done.new += len(fresh) - corrected
    done.corrected += corrected


def _digest(row: Line, key: bytes) -> str:
    return hmac.digest(key, repr(_all_of(row)).encode("utf-8", "surrogatepass"), "sha256").hex()


def _newest(refs: Iterable[str]) -> dict[str, tuple[int, str]]:
    rows = PastLine.objects.filter(ref__in=bulk.any_of(refs)).order_by("version")
    return {
        ref: (number, digest) for ref, number, digest in rows.values_list("ref", "version", "content_digest")
    }


def _row(row: Line, number: int, digest: str, now: datetime, keys: KeyRing) -> list[Any]:
    key = new_id()
    sealed, index = None, ""
    if row.url:
        sealed = bytes(_URL.sealed(row.url, str(key)))
        index = blind(keys, "url", row.url)
    media = json.dumps(row.media) if row.media else "[]"
    outcomes = json.dumps(row.outcomes) if row.outcomes else "[]"
    return [key, row.id, number, now, digest, sealed, index, *_plain_of(row), outcomes, media]
