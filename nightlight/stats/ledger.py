"""The ledger: one writer at a time, and the sums that every table is made of."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Min, QuerySet, Sum

from nightlight.stats.ledger_models import Change, LedgerLock, MonthChange

Sums = dict[tuple[str, str, str], int]
_DAY = timedelta(days=1)


@contextmanager
def writing() -> Iterator[None]:
    """A transaction in which nobody else writes to the ledger."""
    with transaction.atomic():
        if not LedgerLock.objects.filter(pk=1).update(held=F("held") + 1):
            LedgerLock.objects.bulk_create([LedgerLock(pk=1)], ignore_conflicts=True)
            LedgerLock.objects.filter(pk=1).update(held=F("held") + 1)
        yield


def sums(table: str, first: date | None, last: date | None, as_of: date) -> Sums:
    """How many are in each cell (a, b, c) of a table, counted on the days from `first` to `last` (None is open), as
    known at the end of `as_of`. Cells that hold nothing are left out."""
    found: Sums = {}
    for a, b, c, total in _totals(_parts(table, first, last, as_of), "a", "b", "c"):
        found[a, b, c] = found.get((a, b, c), 0) + int(total)
    return {cell: total for cell, total in found.items() if total}


def by_month(
    table: str, first: date | None, last: date | None, as_of: date, b: str | None = None
) -> dict[tuple[str, str], int]:
    """How many are in each month (`2020-09`) under each value of the first dimension, the second being `b` if given."""
    parts = _parts(table, first, last, as_of)
    chosen = parts if b is None else [part.filter(b=b) for part in parts]
    return _months(_totals(chosen, "counted_on", "a"))


def by_month_of(
    table: str, a: str, first: date | None, last: date | None, as_of: date
) -> dict[tuple[str, str], int]:
    """How many are in each month under each value of the second dimension, the first being `a`."""
    parts = [part.filter(a=a) for part in _parts(table, first, last, as_of)]
    return _months(_totals(parts, "counted_on", "b"))


def by_day(table: str, as_of: date) -> dict[tuple[date, str], int]:
    """How many are on each day under each value of the first dimension."""
    rows = _rows(table, None, None, as_of).values_list("counted_on", "a").annotate(total=Sum("n"))
    return {(day, a): int(total) for day, a, total in rows if total}


def by_day_where(
    table: str, a: str, c: str, first: date | None, last: date | None, as_of: date
) -> dict[date, int]:
    """How many are on each day in the cells with this first and third dimension."""
    rows = _rows(table, first, last, as_of).filter(a=a, c=c)
    found = rows.values_list("counted_on").annotate(total=Sum("n"))
    return {day: int(total) for day, total in found if total}


def held_from(as_of: date) -> dict[str, date]:
    """The first day that a report and a decision count on, as known on a day."""
    tables = Change.objects.filter(table__in=["reports", "decided"], known_on__lte=as_of, n__gt=0).order_by()
    return dict(tables.values_list("table").annotate(first=Min("counted_on")))


def _months(rows: Iterable[tuple[date, str, int]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for day, name, total in rows:
        key = (f"{day:%Y-%m}", name)
        found[key] = found.get(key, 0) + int(total)
    return {key: total for key, total in found.items() if total}


def _parts(table: str, first: date | None, last: date | None, as_of: date) -> "list[QuerySet[Any]]":
    """The changes of a table in parts that together are all of them: by whole months as far as both the months in which
    they became known and those in which they count are complete, the rest by days."""
    end = last or as_of
    known = (as_of + _DAY).replace(day=1)
    begins = date.min if first is None else first if first.day == 1 else _next_month(first)
    ends = (end + _DAY).replace(day=1)
    days = _rows(table, first, last, as_of)
    if begins >= ends:
        return [days]
    months = MonthChange.objects.filter(
        table=table, known_on__lt=known, counted_on__gte=begins, counted_on__lt=ends
    ).order_by()
    parts: list[QuerySet[Any]] = [months]
    if known <= as_of:
        parts.append(days.filter(known_on__gte=known))
    if first and first < begins:
        parts.append(days.filter(known_on__lt=known, counted_on__lt=begins))
    if ends <= end:
        parts.append(days.filter(known_on__lt=known, counted_on__gte=ends))
    return parts


def _totals(parts: "list[QuerySet[Any]]", *names: str) -> Iterable[Any]:
    """The sums of each part by these columns, in one query."""
    first, *others = [part.values_list(*names).annotate(total=Sum("n")) for part in parts]
    found: Iterable[Any] = first.union(*others, all=True) if others else first
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=28) + 4 * _DAY).replace(day=1)


def _rows(table: str, first: date | None, last: date | None, as_of: date) -> "QuerySet[Change]":
    rows = Change.objects.filter(table=table, known_on__lte=as_of, counted_on__lte=last or as_of).order_by()
    return rows.filter(counted_on__gte=first) if first else rows
