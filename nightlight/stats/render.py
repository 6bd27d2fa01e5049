"""A table as text, CSV or JSON; and what of it may be published."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from nightlight.stats.books import Books, Rows, Table
from nightlight.stats.small_cells import HIDDEN, publishable
from nightlight.stats.tables import TABLES

__all__ = ["HIDDEN", "BadPeriod", "UnknownTable", "everything", "find", "publishable", "published", "render"]


class UnknownTable(LookupError):
    """There is no table of this name; the message lists those that are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no table {name}; there are {', '.join(TABLES)}")


class BadPeriod(ValueError):
    """A period that ends before it begins."""


def find(name: str) -> Table:
    """A table by its name. Raises UnknownTable."""
    if name not in TABLES:
        raise UnknownTable(name)
    return TABLES[name]


def render(table: str, from_: date | None, to: date | None, as_of: date, format: str) -> str:  # noqa: A002
    """A table for the days `from_` to `to`, both included (None is open), as known on `as_of`.

    `format` is text, csv or json. Raises UnknownTable, BadPeriod, KeyError for another format.
    """
    found = find(table)
    if from_ and to and to < from_:
        raise BadPeriod(f"the period ends on {to} before it begins on {from_}")
    books = Books(from_, to, as_of)
    if format == "json" and found.document:
        return json.dumps(found.document(as_of))
    return FORMATS[format](table, books, found.count(books))


def published(table: str, books: Books, format: str) -> str:  # noqa: A002
    """A table as the public may have it: small cells and what would give them away are left out.
    Raises UnknownTable, KeyError for another format."""
    return FORMATS[format](table, books, publishable(find(table).count(books)))


def as_format(table: str, books: Books, rows: Rows, format: str) -> str:  # noqa: A002
    """Rows that were counted already. Raises UnknownTable, KeyError for another format."""
    return FORMATS[format](table, books, rows)


def everything(books: Books, format: str) -> str:  # noqa: A002
    """Every table as the public may have it in one file: a JSON object by name, or CSV with a line for each cell.
    Raises KeyError for another format."""
    if format == "json":
        return json.dumps({name: json.loads(published(name, books, "json")) for name in TABLES})
    cells = [
        {"table": name, "row": row[next(iter(row))], "column": column, "value": value}
        for name, table in TABLES.items()
        for row in publishable(table.count(books))
        for column, value in list(row.items())[1:]
    ]
    return FORMATS[format]("headline", books, cells)


def _as_json(name: str, books: Books, rows: Rows) -> str:
    found = find(name)
    return json.dumps(
        {
            "table": name,
            "title": str(found.title),
            "rule": str(found.rule),
            **({"note": str(found.note)} if found.note else {}),
            "from": books.first.isoformat() if books.first else None,
            "to": (books.last or books.as_of).isoformat(),
            "as_of": books.as_of.isoformat(),
            "rows": rows,
        },
        ensure_ascii=False,
    )


def _as_csv(name: str, books: Books, rows: Rows) -> str:
    out = io.StringIO(newline="")
    if rows:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({key: _plain(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def _as_text(name: str, books: Books, rows: Rows) -> str:
    found = find(name)
    period = f"{books.first or 'the beginning'} to {books.last or books.as_of}, as of {books.as_of}"
    lines = [str(found.title), str(found.rule), *([str(found.note)] if found.note else []), period, ""]
    if not rows:
        return "\n".join([*lines, "nothing to count"])
    cells = [list(rows[0]), *([_readable(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join([*lines, *(_aligned(line, widths) for line in cells)])


def _aligned(line: list[str], widths: list[int]) -> str:
    first, *rest = (
        text.ljust(width) if n == 0 else text.rjust(width)
        for n, (text, width) in enumerate(zip(line, widths, strict=True))
    )
    return "  ".join([first, *rest]).rstrip()


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _readable(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "-" if value is None else str(value)


FORMATS: dict[str, Callable[[str, Books, Rows], str]] = {
    "text": _as_text,
    "csv": _as_csv,
    "json": _as_json,
}
