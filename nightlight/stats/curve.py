"""The curve of removal, as survival is counted: pages that are still up count for as long as they were watched.

Cumulative incidence (Aalen-Johansen) with two ends that compete: a page is removed where it lay, or it moves to another
host first. A page that is still up on the day asked about leaves the count at the age it has then; by days, because
that is how exactly the ledger knows when its clock started. A page that was gone before any notice has no notice clock
and is counted apart. Looks tell when a page was gone, not when it went: `removed` takes the first look that found it
gone, `removed_at_most` the last that found it up; the truth lies between. Looks that could not tell are passed over,
which widens that interval.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from nightlight.stats import cells, ledger
from nightlight.stats.books import Books, Row, Rows

POINTS = (24, 48, 72, 168, 240, 720)  # hours
MINIMUM = 30  # pages; below it a step of the curve is somebody's page
_DAY = 24


@dataclass(frozen=True, slots=True)
class Ends:
    """How many pages were removed, moved, or left the count still up, by hours."""

    removed: Mapping[int, int]
    moved: Mapping[int, int]
    up: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """Shares of the pages by a number of hours; what is neither removed nor moved is still up."""

    removed: float
    moved: float


def curve(books: Books) -> Rows:
    """For each clock and number of hours the share that was removed by then, at least and at most, that had moved, and
    that was still up. None of it below MINIMUM pages."""
    return [row for clock in ("receipt", "notice") for row in _of_clock(books, clock)]


def incidence(ends: Ends, points: tuple[int, ...] = POINTS) -> list[Step]:
    """Aalen-Johansen at each of these hours."""
    times = sorted({*ends.removed, *ends.moved, *ends.up, *points})
    at_risk = sum(sum(each.values()) for each in (ends.removed, ends.moved, ends.up))
    up, removed, moved = 1.0, 0.0, 0.0
    found: dict[int, Step] = {}
    for hours in times:
        gone, away = ends.removed.get(hours, 0), ends.moved.get(hours, 0)
        if at_risk:
            removed, moved = removed + up * gone / at_risk, moved + up * away / at_risk
            up *= 1 - (gone + away) / at_risk
        at_risk -= gone + away + ends.up.get(hours, 0)
        found[hours] = Step(removed, moved)
    return [found[point] for point in points]


def _of_clock(books: Books, clock: str) -> Rows:
    latest, before = _ends(books, clock)
    pages = sum(sum(each.values()) for each in (latest.removed, latest.moved, latest.up))
    earliest = Ends(_sooner(books, clock, latest.removed), latest.moved, latest.up)
    low, high = incidence(latest), incidence(earliest)
    found: Rows = []
    for hours, least, most in zip(POINTS, low, high, strict=True):
        row: Row = {"clock": clock, "hours": str(hours)}
        shares = {
            "removed_share": least.removed,
            "removed_at_most": max(least.removed, most.removed),
            "moved_share": least.moved,
            "up_share": 1 - least.removed - least.moved,
        }
        known = pages >= MINIMUM
        row |= {"pages": pages if known else None, "before_notice": before if known else None}
        found.append(row | {name: share if known else None for name, share in shares.items()})
    return found


def _ends(books: Books, clock: str) -> tuple[Ends, int]:
    removed: Counter[int] = Counter()
    moved: Counter[int] = Counter()
    before = 0
    for (on, _which, span), n in books.sums("removal").items():
        if on == clock and span == cells.BEFORE:
            before += n
        elif on == clock and span != cells.UP:
            removed[int(span)] += n
    up: Counter[int] = Counter()
    for table, sign in (("removal", 1), ("moves", -1)):
        for day, n in _still_up(books, table, clock).items():
            up[((books.as_of - day).days + 1) * _DAY] += sign * n
    for (on, span, later), n in books.sums("moves").items():
        if on == clock:
            moved[int(span)] += n
            if later != cells.UP:
                removed[int(later)] -= n
    return Ends(removed, moved, up), before


def _still_up(books: Books, table: str, clock: str) -> dict[date, int]:
    """How many are still up by the day their clock started; those watched for longer than the curve is told for, on
    one day before."""
    recent = books.as_of - timedelta(days=POINTS[-1] // _DAY + 1)
    since = recent if books.first is None else max(books.first, recent)
    found = ledger.by_day_where(table, clock, cells.UP, since, books.last, books.as_of)
    before = recent - timedelta(days=1)
    if books.first is None or books.first <= before:
        old = ledger.sums(table, books.first, min(books.last or before, before), books.as_of)
        found[before] = sum(n for (on, _b, span), n in old.items() if (on, span) == (clock, cells.UP))
    return found


def _sooner(books: Books, clock: str, removed: Mapping[int, int]) -> Counter[int]:
    found = Counter(removed)
    for (on, span, least), n in books.sums("sooner").items():
        if on == clock:
            found[int(span)] -= n
            found[int(least)] += n
    return found
