"""What a reader may ask of a table: from, to and as of; and what is left out so that no two answers tell one story.

Two periods that differ by a day would give that day away, and two days as of which something was known would give away
what was learnt between. So the public asks in whole half-years, and a number is left out of every period if it is one
or two in any half-year of the records, and of a past day if it is one or two away from what was known at the end of
any half-year since. Then no difference of two answers is one or two. The command (`nightlight stats`) asks any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from nightlight.stats import ledger, margins
from nightlight.stats.books import Books, Row, Rows, Table
from nightlight.stats.small_cells import HIDDEN_TOO, SMALLEST
from nightlight.stats.tables import TABLES

NAMES = ("from", "to", "as_of")
YEARS = range(1970, 3000)
Cell = tuple[tuple[object, ...], str]


class NotADay(ValueError):
    """What was asked for is no day, or a period that ends before it begins; the message says which."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period of whole half-years (None is open), and the day as of which it is told."""

    first: date | None
    last: date | None
    as_of: date
    today: date

    @property
    def is_all(self) -> bool:
        """Whether this is simply everything, as known today."""
        return self.first is None and self.last is None and self.as_of == self.today

    def books(self) -> Books:
        """The sums of the period as known on the day."""
        return Books(self.first, self.last, self.as_of)


def asked(query: MultiValueDict[str, str], today: date) -> Asked:
    """What the query of an address asks, widened to whole half-years; what was known on a day is told as of the end of
    the half-year before it. Raises NotADay."""
    first, last, as_of = (_day(query.get(name, "")) for name in NAMES)
    if first and last and last < first:
        raise NotADay(_("The period ends before it begins."))
    as_of = today if as_of is None or as_of >= today else _last_end(as_of)
    return Asked(first and _begin(first), last and _end(last), as_of, today)


def count(name: str, asked: Asked, books: Books | None = None) -> Rows:
    """A table as the public may have it, for what was asked; `books` are its books where many tables share them."""
    shared = books or asked.books()
    return margins.published(name, lambda each: _counted(TABLES[each], asked, shared))


def _counted(table: Table, asked: Asked, books: Books) -> Rows:
    rows = table.count(books)
    if asked.is_all or table.document:
        return rows
    telling = _telling(table, asked, rows)
    return [_without(row, telling) for row in rows]


def _telling(table: Table, asked: Asked, rows: Rows) -> set[Cell]:
    """The cells that could be found out from this and another answer."""
    found: set[Cell] = set()
    for first, last in _halves(min(ledger.held_from(asked.today).values(), default=asked.today), asked.today):
        block = _numbers(table.count(Books(first, last, asked.as_of)))
        found |= {cell for cell, n in block.items() if 0 < abs(n) < SMALLEST}
    mine = _numbers(rows)
    ends = [last for _first, last in _halves(asked.as_of, asked.today) if asked.as_of < last < asked.today]
    for end in [*ends, *([asked.today] if asked.as_of < asked.today else [])]:
        then = _numbers(table.count(Books(asked.first, asked.last, end)))
        found |= {cell for cell, n in mine.items() if 0 < abs(then.get(cell, 0) - n) < SMALLEST}
    return found


def _numbers(rows: Rows) -> dict[Cell, int]:
    return {
        (_key(row), name): value
        for row in rows
        for name, value in row.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }


def _without(row: Row, telling: set[Cell]) -> Row:
    key = _key(row)
    return {name: HIDDEN_TOO if (key, name) in telling else value for name, value in row.items()}


def _key(row: Row) -> tuple[object, ...]:
    return tuple(value for value in row.values() if isinstance(value, str))


def _halves(first: date, last: date) -> Iterator[tuple[date, date]]:
    begin = _begin(first)
    while begin <= last:
        end = _end(begin)
        yield begin, end
        begin = end + timedelta(days=1)


def _begin(day: date) -> date:
    return day.replace(month=1 if day.month <= 6 else 7, day=1)


def _end(day: date) -> date:
    return day.replace(month=6, day=30) if day.month <= 6 else day.replace(month=12, day=31)


def _last_end(day: date) -> date:
    """The last day of the last half-year that was over on a day."""
    return day if day == _end(day) else _begin(day) - timedelta(days=1)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotADay(
            _("“%(text)s” is not a day; write it like 2020-11-30.") % {"text": text[:40]}
        ) from error
    if day.year not in YEARS:
        raise NotADay(_("“%(text)s” is no day of any hotline.") % {"text": text[:40]})
    return day
