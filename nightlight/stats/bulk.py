"""Many rows at once, as fast as each database takes them: Django's own way makes an object and SQL for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from nightlight.stats.cells import Key
from nightlight.stats.ledger_models import Change

_UPSERT = (
    'INSERT INTO stats_change ("table", known_on, counted_on, a, b, c, n) VALUES {} '
    'ON CONFLICT ("table", known_on, counted_on, a, b, c) DO UPDATE SET n = stats_change.n + excluded.n'
)
_ROW = "(%s, %s, %s, %s, %s, %s, %s)"
_AT_ONCE = 400


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows whose values stand in the order of `columns`, in the caller's transaction; moments are in UTC, JSON
    is text."""
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own columns
            [[_SQLITE.get(type(value), _same)(value) for value in row] for row in rows],
        )


def add(changes: Mapping[Key, int]) -> None:
    """Adds signed changes to the ledger, in the caller's transaction, which holds the ledger's lock."""
    rows = sorted((key, n) for key, n in changes.items() if n)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            values = [value for key, n in some for value in (*key, n)]
            cursor.execute(_UPSERT.format(", ".join([_ROW] * len(some))), values)


def fold() -> None:
    """Takes out the changes that have come to nothing: a decision and its withdrawal on the same day."""
    Change.objects.filter(n=0).delete()


def _same(value: Any) -> Any:
    return value


_SQLITE: dict[type, Callable[[Any], Any]] = {
    datetime: lambda at: at.isoformat(" ").removesuffix("+00:00"),
    date: date.isoformat,
    UUID: lambda key: key.hex,
}
