"""What every table is made of: the sums as known on a day, and the form of a table."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from nightlight.stats import ledger, measures, own, records
from nightlight.stats.cells import day_of

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class Books:
    """What was known on a day, and the period a table is for (None is open)."""

    first: date | None
    last: date | None
    as_of: date
    _read: dict[str, ledger.Sums] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Everything decided so far is to be in the sums."""
        own.count_marked()

    def sums(self, table: str) -> ledger.Sums:
        """How many are in each cell of a table of the ledger (`cells.py`), up to the last decision."""
        if table not in self._read:
            self._read[table] = ledger.sums(table, self.first, self.last, self.as_of)
        return self._read[table]

    def sums_by(self, table: str, place: int) -> Counter[str]:
        """The same, added up by one of the three dimensions."""
        found: Counter[str] = Counter()
        for cell, n in self.sums(table).items():
            found[cell[place]] += n
        return found

    def by_month(self, table: str) -> dict[tuple[str, str], int]:
        """How many are in each month under each value of the first dimension."""
        return ledger.by_month(table, self.first, self.last, self.as_of)

    def by_month_where(self, table: str, b: str) -> dict[tuple[str, str], int]:
        """The same, of the cells whose second dimension is `b`."""
        return ledger.by_month(table, self.first, self.last, self.as_of, b)

    def holds(self, day: date | None) -> bool:
        """Whether a day is in the period and known."""
        return measures.within(day, self.first, self.last) and day is not None and day <= self.as_of

    def rows(self, rows: "QuerySet[Any]", field: str) -> "QuerySet[Any]":
        """The rows whose moment `field` is in the period and known."""
        last = min(self.last or self.as_of, self.as_of)
        found = rows.filter(**{f"{field}__lt": records.end_of(last)}).order_by()
        if self.first:
            found = found.filter(**{f"{field}__gte": datetime.combine(self.first, time(), UTC)})
        return found

    def days(self, rows: Iterable[Model], field: str) -> Iterable[tuple[Any, date]]:
        """The rows whose moment `field` is in the period, each with its day."""
        for row in rows:
            at = getattr(row, field)
            if at is not None and self.holds(day := day_of(at)):
                yield row, day


@dataclass(frozen=True, slots=True)
class Table:
    """One published table. `rule` says what is counted and when; `document` is the JSON of a table that has its own."""

    title: str | Promise
    rule: str | Promise
    count: Callable[[Books], Rows]
    note: str | Promise = ""
    document: Callable[[date], dict[str, Any]] | None = None
