"""The counting rules, each implemented once and said in words beside it (`docs/measures.md`).

The unit is one address, or one case without an address. A case counts once, on the day it was first confirmed,
however often it is reported or assessed again; a come-back is a new episode and is counted apart. Of a page the
youngest child and the most severe category count (IWF's method). Shares are not rounded.
"""

from collections.abc import Sequence
from datetime import date, timedelta


def within(day: date | None, first: date | None, last: date | None) -> bool:
    """Whether a day lies in a period; a bound that is None is open."""
    return day is not None and (first is None or day >= first) and (last is None or day <= last)


def share(part: int, whole: int) -> float | None:
    """A part of a whole, not rounded; None of nothing."""
    return part / whole if whole else None


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


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
