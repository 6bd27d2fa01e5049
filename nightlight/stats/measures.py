"""The counting rules, each implemented once and said in words beside it (`docs/statistics.md`).

The unit is one address, or one case without an address. A case counts once, on the day it was first confirmed,
however often it is reported or assessed again; a come-back is a new episode and is counted apart. Of a page the
youngest child and the most severe category count (IWF's method). Shares are not rounded.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from statistics import median

from nightlight.casebook.words import Source
from nightlight.stats.records import Episode, Received, Settled

Clock = str  # "receipt" or "notice"


def within(day: date | None, first: date | None, last: date | None) -> bool:
    """Whether a day lies in a period; a bound that is None is open."""
    return day is not None and (first is None or day >= first) and (last is None or day <= last)


def public_reports(reports: Iterable[Received]) -> Counter[str]:
    """Public reports by month of receipt (`2020-09`), withdrawn ones too: they were received."""
    return Counter(f"{row.day:%Y-%m}" for row in reports if row.source == Source.PUBLIC)


def confirmed(cases: Iterable[Settled], first: date | None = None, last: date | None = None) -> list[Settled]:
    """Cases whose decision to confirm stands, by the day of their first such decision, each once."""
    return [row for row in cases if within(row.confirmed_on, first, last)]


def settled(cases: Iterable[Settled], first: date | None = None, last: date | None = None) -> list[Settled]:
    """Cases that were decided, by the day of their first decision, with the outcome that stands."""
    return [row for row in cases if within(row.settled_on, first, last)]


def share(part: int, whole: int) -> float | None:
    """A part of a whole, not rounded; None of nothing."""
    return part / whole if whole else None


def self_generated_share(
    cases: Iterable[Settled], first: date | None = None, last: date | None = None
) -> float | None:
    """Of the confirmed, the share filmed by the child; often groomed, coerced or extorted, never by fault."""
    rows = confirmed(cases, first, last)
    return share(sum(row.self_generated for row in rows), len(rows))


def hours(episode: Episode, clock: Clock) -> float | None:
    """How long a page was up by a clock, in hours; infinite while it is up.

    `receipt` starts when the report came in or the come-back was seen (INHOPE), `notice` when the first notice left
    (IWF). None where the clock never started, or the page was gone before it did.
    """
    start = episode.began if clock == "receipt" else episode.noticed
    if start is None:
        return None
    if episode.removed is None:
        return float("inf")
    passed = (episode.removed - start) / timedelta(hours=1)
    return passed if passed >= 0 else None


def median_hours(durations: Sequence[float]) -> float | None:
    """The middle duration with the pages that are still up among the longest; None where that one is still up."""
    found = median(durations) if durations else None
    return None if found is None or found == float("inf") else found


def median_of_counts(hours: Sequence[tuple[int, int]], whole: int) -> float | None:
    """The middle of `whole` durations of which so many took so many hours (ascending), the others being still up;
    None where the middle one is."""
    middle = [_at(hours, place) for place in ((whole - 1) // 2, whole // 2)] if whole else []
    found = [value for value in middle if value is not None]
    return sum(found) / 2 if len(found) == 2 else None


def _at(hours: Sequence[tuple[int, int]], place: int) -> int | None:
    for value, n in hours:
        if place < n:
            return value
        place -= n
    return None


def began_on(episode: Episode) -> date:
    """The day an episode counts on."""
    return episode.began.astimezone(UTC).date()


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
