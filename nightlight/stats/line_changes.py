"""What the lines about one address (or one line without) put into the ledger, no case of ours being about it.

It is what `units.state` gives day by day. But nearly all lines were never corrected, and of these much is plain without
asking on each day: their receipt and what police answered; of a line that is alone, the decision too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from nightlight.stats import cells, line, units
from nightlight.stats.cells import Cell, Key
from nightlight.stats.units import CONFIRMED, Version


def of(versions: Sequence[Version]) -> dict[Key, int]:
    """What these versions, at least one, put into the ledger."""
    found: Counter[Key] = Counter()
    add(found, versions)
    return {key: n for key, n in found.items() if n}


def add(found: Counter[Key], versions: Sequence[Version], sign: int = 1) -> None:
    """Adds what they put into the ledger to `found`, or takes it out with the sign -1; may leave zeros."""
    if any(row.known_on or row.until for row in versions):
        states = ((day, units.state(versions, None, day)) for day in units.days(versions))
        for key, n in cells.differences(states).items():
            found[key] += sign * n
        return
    come: list[Key] = []
    for row in versions:
        if not line.tells_come_back(row.ref):
            come += _of_receipt(row)
            for text, what, count in row.outcomes:
                day = date.fromisoformat(text)
                come.append(("police", day, day, what, "answers", ""))
                found["police", day, day, what, "count", ""] += sign * count
    if len(versions) == 1:
        come += _of_decision(versions[0])
        steps = _removal(versions[0])
    else:
        steps = ((day, units.settled(versions, None, day)) for day in units.days(versions))
    gone: list[Key] = []
    before: list[Cell] = []
    for day, now in steps:
        if now != before:
            come += [(table, day, counted, a, b, c) for table, counted, a, b, c in now]
            gone += [(table, day, counted, a, b, c) for table, counted, a, b, c in before]
            before = now
    more, less = (come, gone) if sign > 0 else (gone, come)
    found.update(more)
    found.subtract(less)


def _of_receipt(row: Version) -> Iterator[Key]:
    received = row.received_at.date()
    yield "reports", received, received, row.source, row.kind, ""
    yield "receipts", received, received, row.source, "received", ""
    if at := row.decided_at:
        decided = at.date()
        yield "receipts", decided, received, row.source, "decided", ""
        if row.outcome == CONFIRMED:
            yield "receipts", decided, received, row.source, "confirmed", ""


def _of_decision(row: Version) -> Iterator[Key]:
    if at := row.decided_at:
        decided = at.date()
        yield "decided", decided, decided, row.outcome, row.source, ""
        if row.outcome == CONFIRMED:
            for table, day, a, b, c in cells.confirmed(row.grades):
                yield table, decided, day, a, b, c


def _removal(row: Version) -> Iterator[tuple[date, list[Cell]]]:
    """The days, at most three, on which something about the removal becomes known, and the cells from that day on."""
    if not row.page or row.outcome != CONFIRMED:
        return
    noticed, removed = row.first_notice_at, row.removed_at
    begins = max(row.received_at, row.decided_at or row.received_at).date()
    later = {at.date() for at in (noticed, removed) if at}
    for day in (begins, *sorted(each for each in later if each > begins)):
        noticed_yet, removed_yet = units.by(noticed, day), units.by(removed, day)
        yield day, cells.removal("first", row.received_at, noticed_yet, removed_yet, row.country)
