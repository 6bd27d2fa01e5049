"""Triggers that refuse change: what stands in a guarded table stays, whatever program writes to the database.

PostgreSQL refuses UPDATE, DELETE and TRUNCATE, and with them an upsert. SQLite refuses UPDATE, DELETE and any INSERT
over a row that is there, so that INSERT OR REPLACE is refused even where PRAGMA recursive_triggers is off.

An owner of the database can drop triggers: `missing` says when, and the signed tree tells what was done meanwhile.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

# Every guarded table and the columns that name a row of it; a room adds its own when Django starts.
GUARDED: dict[str, tuple[str, ...]] = {
    "audit_entry": ("id",),
    "audit_leaf": ("seq", "entry_id"),
    "audit_checkpoint": ("size",),
}

_FUNCTION = """
CREATE OR REPLACE FUNCTION nightlight_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def guard(connection: BaseDatabaseWrapper, table: str, keys: tuple[str, ...]) -> None:
    """Makes a table insert-only; `keys` are the columns that name a row. Again is as good as once.

    Called in migrations. A migration that makes SQLite copy the table loses the triggers and must call it again.
    """
    lift(connection, table)
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor](table, keys):
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper, table: str) -> None:
    """Takes the guard off a table, for a migration that must rewrite it."""
    where = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _names(connection, table):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should be there and are not, or are switched off."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor])
        present = {row[0] for row in cursor.fetchall()}
    wanted = [name for table in GUARDED for name in _names(connection, table)]
    return [name for name in wanted if name not in present]


def _names(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    last = "truncate" if connection.vendor == "postgresql" else "replace"
    return [f"{table}_no_{what}" for what in ("update", "delete", last)]


def _sqlite(table: str, keys: tuple[str, ...]) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
    # rowid is a hidden key of its own: REPLACE on it would delete a row whose named keys are others.
    there = " OR ".join(f"{key} = NEW.{key}" for key in ("rowid", *keys))
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
    taken = f"SELECT 1 FROM {table} WHERE {there}"  # noqa: S608 - the names are GUARDED's
    yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({taken}) {refuse}"


def _postgresql(table: str, keys: tuple[str, ...]) -> Iterator[str]:
    yield _FUNCTION
    for what, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        yield (
            f"CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION nightlight_insert_only()"
        )


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
_LIST = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}
