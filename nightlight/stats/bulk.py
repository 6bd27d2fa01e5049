"""Many rows at once, as fast as each database takes them: Django's own way makes an object and SQL for each."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models.expressions import RawSQL

from nightlight.stats.cells import Key
from nightlight.stats.ledger_models import Change, MonthChange

# Many rows or values go in as one JSON text: to write a parameter for each costs more than all else about them.
_UPSERT = (
    'INSERT INTO {0} ("table", known_on, counted_on, a, b, c, n) SELECT {1} WHERE true '
    'ON CONFLICT ("table", known_on, counted_on, a, b, c) DO UPDATE SET n = {0}.n + excluded.n'
)
_ROWS = {
    "sqlite": ", ".join(f"json_extract(value, '$[{place}]')" for place in range(7)) + " FROM json_each(%s)",
    "postgresql": "value->>0, (value->>1)::date, (value->>2)::date, value->>3, value->>4, value->>5, "
    "(value->>6)::bigint FROM json_array_elements(%s)",
}
_VALUES = {
    "sqlite": "SELECT value FROM json_each(%s)",
    "postgresql": "SELECT value FROM json_array_elements_text(%s)",
}


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
            list(_for_sqlite(model, columns, rows)),
        )


def add(changes: Mapping[Key, int]) -> None:
    """Adds signed changes to the ledger, in the caller's transaction, which holds the ledger's lock."""
    _upsert(Change, changes)
    _upsert(MonthChange, by_month(changes))


def by_month(changes: Mapping[Key, int]) -> dict[Key, int]:
    """The same changes added up by the first days of the months they became known and count in."""
    found: dict[Key, int] = {}
    firsts: dict[date, date] = {}
    for (table, known, counted, a, b, c), n in changes.items():
        known_on = firsts.get(known) or firsts.setdefault(known, known.replace(day=1))
        counted_on = firsts.get(counted) or firsts.setdefault(counted, counted.replace(day=1))
        key = (table, known_on, counted_on, a, b, c)
        found[key] = found.get(key, 0) + n
    return found


def _upsert(model: type[models.Model], changes: Mapping[Key, int]) -> None:
    rows = [
        (table, known.isoformat(), counted.isoformat(), a, b, c, n)
        for (table, known, counted, a, b, c), n in changes.items()
        if n
    ]
    if rows:
        statement = _UPSERT.format(model._meta.db_table, _ROWS[connection.vendor])
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(sorted(rows))])


def any_of(texts: Iterable[str]) -> RawSQL:
    """Many texts for a lookup: `filter(ref__in=any_of(refs))`."""
    return RawSQL(_VALUES[connection.vendor], [json.dumps(list(texts))])  # noqa: S611 - texts of our own


def fold() -> None:
    """Takes out the changes that have come to nothing: a decision and its withdrawal on the same day."""
    Change.objects.filter(n=0).delete()
    MonthChange.objects.filter(n=0).delete()


def _for_sqlite(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    """The rows with moments, days and keys as Django writes them there; looked up once for each column."""
    written = [
        (place, _SQLITE[kind])
        for place, column in enumerate(columns)
        if (kind := type(model._meta.get_field(column))) in _SQLITE
    ]
    for row in rows:
        values = list(row)
        for place, write in written:
            if values[place] is not None:
                values[place] = write(values[place])
        yield values


def _moment(at: datetime) -> str:
    return at.isoformat(" ").removesuffix("+00:00")


def _key(key: UUID) -> str:
    return key.hex


_SQLITE: dict[type, Callable[[Any], Any]] = {
    models.DateTimeField: _moment,
    models.DateField: date.isoformat,
    models.UUIDField: _key,
}
