"""The headline figures, as the contract words them (`docs/statistics.md`, "Headline")."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from nightlight.stats import measures, records
from nightlight.stats.records import Received, Settled

HALVES = ((1, 6), (7, 12))


def headline(as_of: date) -> dict[str, Any]:
    """The figures as known on a day, that whole day included; null where there is no complete month with a report,
    no last year in the records, or nothing to take a share of."""
    reports, cases = records.received(as_of), records.settled(as_of)
    held_from = min([*(row.day for row in reports), *(row.settled_on for row in cases)], default=None)
    return {
        "as_of": as_of.isoformat(),
        "month": _month(measures.public_reports(reports), reports, as_of),
        "confirmed": _confirmed(cases, held_from, as_of),
        "self_generated": _self_generated(cases, as_of),
    }


def _month(counts: Counter[str], reports: Sequence[Received], as_of: date) -> dict[str, Any]:
    """The complete month of the year with the most public reports, the earlier on a tie."""
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
    held = bool(reports) and f"{reports[0].day:%Y-%m}" <= year_before
    before = counts[year_before] if held else None
    return {
        "month": best,
        "public_reports": counts[best],
        "same_month_last_year": before,
        "change": None if before is None else counts[best] - before,
        "is_record": all(count < counts[best] for month, count in counts.items() if month < best),
    }


def _confirmed(cases: Sequence[Settled], held_from: date | None, as_of: date) -> dict[str, Any]:
    """Confirmed this year up to the day, and in the whole of last year."""
    last_year = (date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))
    held = held_from is not None and held_from <= last_year[1]
    return {
        "year_to_date": len(measures.confirmed(cases, date(as_of.year, 1, 1), as_of)),
        "last_year": len(measures.confirmed(cases, *last_year)) if held else None,
    }


def _self_generated(cases: Sequence[Settled], as_of: date) -> dict[str, Any]:
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
        "share": measures.self_generated_share(cases, first, last),
        "share_last_year": measures.self_generated_share(cases, date(before, 1, 1), date(before, 12, 31)),
        "last_year": str(before),
    }
