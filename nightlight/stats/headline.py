"""The headline figures, as the contract words them."""

from collections import Counter
from datetime import date
from typing import Any

from nightlight.casebook.words import Source
from nightlight.stats import ledger, measures, own

HALVES = ((1, 6), (7, 12))
Days = dict[tuple[date, str], int]  # confirmed on a day: "1" filmed by the child, "0" not


def headline(as_of: date) -> dict[str, Any]:
    """The figures as known on a day, that whole day included; null where there is no complete month with a report,
    no last year in the records, or nothing to take a share of."""
    own.count_marked()
    held, days = ledger.held_from(as_of), ledger.by_day("own", as_of)
    return {
        "as_of": as_of.isoformat(),
        "month": _month(held.get("reports"), as_of),
        "confirmed": _confirmed(days, min(held.values(), default=None), as_of),
        "self_generated": _self_generated(days, as_of),
    }


def _month(held_from: date | None, as_of: date) -> dict[str, Any]:
    """The complete month of the year with the most public reports, the earlier on a tie."""
    found = ledger.by_month("reports", None, None, as_of)
    counts = Counter({month: n for (month, source), n in found.items() if source == Source.PUBLIC})
    complete = [
        f"{as_of.year}-{month:02d}" for month in range(1, 13) if measures.last_day(as_of.year, month) <= as_of
    ]
    best = max(complete, key=lambda month: counts[month], default=None)  # the first of equals
    if best is None or not counts[best]:
        return {
            "month": None,
            "public_reports": None,
            "same_month_last_year": None,
            "change": None,
            "is_record": None,
        }
    year_before = f"{as_of.year - 1}{best[4:]}"
    held = held_from is not None and f"{held_from:%Y-%m}" <= year_before
    before = counts[year_before] if held else None
    return {
        "month": best,
        "public_reports": counts[best],
        "same_month_last_year": before,
        "change": None if before is None else counts[best] - before,
        "is_record": all(count < counts[best] for month, count in counts.items() if month < best),
    }


def _confirmed(days: Days, held_from: date | None, as_of: date) -> dict[str, Any]:
    """Confirmed this year up to the day, and in the whole of last year."""
    last_year = (date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))
    held = held_from is not None and held_from <= last_year[1]
    return {
        "year_to_date": sum(_alone(days, date(as_of.year, 1, 1), as_of)),
        "last_year": sum(_alone(days, *last_year)) if held else None,
    }


def _self_generated(days: Days, as_of: date) -> dict[str, Any]:
    """The share in the last complete half-year, and in the whole year before the year of that half."""
    halves = [
        (year, half, date(year, HALVES[half][0], 1), measures.last_day(year, HALVES[half][1]))
        for year in (as_of.year - 1, as_of.year)
        for half in (0, 1)
    ]
    year, half, first, last = [found for found in halves if found[3] <= as_of][-1]
    before = year - 1
    return {
        "half": f"{year}-H{half + 1}",
        "share": _share(days, first, last),
        "share_last_year": _share(days, date(before, 1, 1), date(before, 12, 31)),
        "last_year": str(before),
    }


def _share(days: Days, first: date, last: date) -> float | None:
    """Of the confirmed, the share filmed by the child; often groomed, coerced or extorted, never by fault."""
    alone, others = _alone(days, first, last)
    return measures.share(alone, alone + others)


def _alone(days: Days, first: date, last: date) -> tuple[int, int]:
    """How many of the confirmed of a period were filmed by the child, and how many were not."""
    found = Counter[str]()
    for (day, own_), n in days.items():
        if first <= day <= last:
            found[own_] += n
    return found["1"], found["0"]
