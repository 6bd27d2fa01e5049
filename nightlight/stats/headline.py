"""The headline figures, as the contract words them (`docs/statistics.md`, "Headline")."""

from collections import Counter
from datetime import date
from typing import Any

from nightlight.casebook.words import Source
from nightlight.stats import ledger, measures, own

HALVES = ((1, 6), (7, 12))


def headline(as_of: date) -> dict[str, Any]:
    """The figures as known on a day, that whole day included; null where there is no complete month with a report,
    no last year in the records, or nothing to take a share of."""
    own.count_marked()
    held = ledger.held_from(as_of)
    return {
        "as_of": as_of.isoformat(),
        "month": _month(held.get("reports"), as_of),
        "confirmed": _confirmed(min(held.values(), default=None), as_of),
        "self_generated": _self_generated(as_of),
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


def _confirmed(held_from: date | None, as_of: date) -> dict[str, Any]:
    """Confirmed this year up to the day, and in the whole of last year."""
    last_year = (date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))
    held = held_from is not None and held_from <= last_year[1]
    return {
        "year_to_date": sum(_alone(date(as_of.year, 1, 1), as_of, as_of)),
        "last_year": sum(_alone(*last_year, as_of)) if held else None,
    }


def _self_generated(as_of: date) -> dict[str, Any]:
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
        "share": _share(first, last, as_of),
        "share_last_year": _share(date(before, 1, 1), date(before, 12, 31), as_of),
        "last_year": str(before),
    }


def _share(first: date, last: date, as_of: date) -> float | None:
    """Of the confirmed, the share filmed by the child; often groomed, coerced or extorted, never by fault."""
    alone, others = _alone(first, last, as_of)
    return measures.share(alone, alone + others)


def _alone(first: date, last: date, as_of: date) -> tuple[int, int]:
    """How many of the confirmed were filmed by the child, and how many were not."""
    found = ledger.sums("own", first, last, as_of)
    return found.get(("1", "", ""), 0), found.get(("0", "", ""), 0)
