"""The log is insert-only: the database itself refuses every change, on SQLite and on PostgreSQL."""
# ruff: noqa: S608 - statements of the test's own

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from nightlight.audit import checkpoints, triggers
from nightlight.audit.models import Checkpoint, Entry, Leaf

MODELS: dict[str, Any] = {"audit_entry": Entry, "audit_leaf": Leaf, "audit_checkpoint": Checkpoint}
COLUMNS = {"audit_entry": "verb", "audit_leaf": "hash", "audit_checkpoint": "root"}


@pytest.fixture
def written(own_home: Path, write: Callable[[int], Any]) -> None:
    write(3)
    checkpoints.checkpoint_now()


def refused(statement: str, *values: Any) -> bool:
    """Whether the database refuses a statement because of a trigger."""
    with (
        pytest.raises(IntegrityError, match="insert-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
    return True


@pytest.mark.parametrize("table", MODELS)
def test_rows_of_the_log_are_not_updated(written: None, table: str) -> None:
    assert refused(f"UPDATE {table} SET {COLUMNS[table]} = 'x'")


@pytest.mark.parametrize("table", MODELS)
def test_rows_of_the_log_are_not_deleted(written: None, table: str) -> None:
    assert refused(f"DELETE FROM {table}")
    assert MODELS[table].objects.exists()


def _over(table: str, key: str, value: object) -> tuple[str, list[object]]:
    """A statement that would put another row over one that is there, in the words of this database."""
    rows = {
        "audit_leaf": ("seq, entry_id, hash", [0, "0" * 32, "x"]),
        "audit_checkpoint": ("size, root, at, signature", [3, "x", "2026-01-05 09:00:00+00:00", "x"]),
    }
    columns, values = rows[table]
    values = [value if name == key else old for name, old in zip(columns.split(", "), values, strict=True)]
    marks = ", ".join(["%s"] * len(values))
    if connection.vendor == "sqlite":
        return f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", values
    last = columns.split(", ")[-1]
    tail = f"ON CONFLICT ({key}) DO UPDATE SET {last} = EXCLUDED.{last}"
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) {tail}", values


@pytest.mark.parametrize(
    ("table", "key"), [("audit_leaf", "seq"), ("audit_leaf", "entry_id"), ("audit_checkpoint", "size")]
)
def test_no_row_is_put_over_another(written: None, table: str, key: str) -> None:
    row = MODELS[table].objects.first()
    value = getattr(row, key)
    if key == "entry_id" and connection.vendor == "sqlite":
        value = value.hex
    statement, values = _over(table, key, value)
    if key == "entry_id":
        values[0] = 999

    assert refused(statement, *values)


def test_sqlite_refuses_a_replacement_also_without_recursive_triggers(written: None) -> None:
    if connection.vendor == "postgresql":
        assert refused("TRUNCATE audit_entry")
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
        try:
            statement, values = _over("audit_leaf", "seq", 0)
            assert refused(statement, *values)
            # The hidden rowid is a key too.
            assert refused(
                "INSERT OR REPLACE INTO audit_checkpoint (rowid, size, root, at, signature) "
                "SELECT rowid, 99, root, at, signature FROM audit_checkpoint"
            )
        finally:
            cursor.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.parametrize("table", MODELS)
def test_postgresql_refuses_to_empty_a_table_and_sqlite_to_rename_its_rows(written: None, table: str) -> None:
    if connection.vendor == "postgresql":
        assert refused(f"TRUNCATE {table}")
    else:
        assert refused(f"UPDATE OR REPLACE {table} SET rowid = rowid + 100")


def test_a_trigger_that_was_dropped_is_named(written: None) -> None:
    before = triggers.missing(connection)

    triggers.lift(connection, "audit_leaf")

    assert before == []
    assert "audit_leaf_no_delete" in triggers.missing(connection)


def test_guarding_again_changes_nothing(written: None) -> None:
    triggers.guard(connection, "audit_leaf", ("seq", "entry_id"))

    assert triggers.missing(connection) == []
    assert refused("DELETE FROM audit_leaf")
