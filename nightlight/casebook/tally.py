"""The number of cases of each state and kind: always right, and read in a moment however many cases there are.

Counting eleven million cases takes too long, and one row per number would make analysts wait for one another.
So triggers append what changed (`CaseTally`), in the transaction that changed it, whatever program did; the numbers
are the sums, and `fold` keeps the rows few. On both databases a reader sees the changes
of committed cases only. Why not otherwise: docs/decisions/queue-counts.md.
"""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Sum

from nightlight.casebook.models import CaseTally
from nightlight.work import due

TRIGGERS = ("casebook_case_tally_insert", "casebook_case_tally_update", "casebook_case_tally_delete")

_FUNCTION = """
CREATE OR REPLACE FUNCTION nightlight_case_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO casebook_casetally (state, kind, n) SELECT state, kind, count(*) FROM fresh GROUP BY state, kind;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO casebook_casetally (state, kind, n) SELECT state, kind, -count(*) FROM gone GROUP BY state, kind;
  ELSE
    INSERT INTO casebook_casetally (state, kind, n)
    SELECT state, kind, sum(n) FROM (
      SELECT state, kind, 1 AS n FROM fresh UNION ALL SELECT state, kind, -1 AS n FROM gone
    ) AS moved GROUP BY state, kind HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $$
"""
_POSTGRESQL = (
    _FUNCTION,
    "CREATE TRIGGER casebook_case_tally_insert AFTER INSERT ON casebook_case REFERENCING NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION nightlight_case_tally()",
    "CREATE TRIGGER casebook_case_tally_update AFTER UPDATE ON casebook_case REFERENCING OLD TABLE AS gone "
    "NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION nightlight_case_tally()",
    "CREATE TRIGGER casebook_case_tally_delete AFTER DELETE ON casebook_case REFERENCING OLD TABLE AS gone "
    "FOR EACH STATEMENT EXECUTE FUNCTION nightlight_case_tally()",
)
_MORE = "INSERT INTO casebook_casetally (state, kind, n) VALUES (NEW.state, NEW.kind, 1);"
_LESS = "INSERT INTO casebook_casetally (state, kind, n) VALUES (OLD.state, OLD.kind, -1);"
_SQLITE = (
    f"CREATE TRIGGER casebook_case_tally_insert AFTER INSERT ON casebook_case BEGIN {_MORE} END",
    "CREATE TRIGGER casebook_case_tally_update AFTER UPDATE OF state, kind ON casebook_case "
    f"WHEN NEW.state <> OLD.state OR NEW.kind <> OLD.kind BEGIN {_LESS} {_MORE} END",
    f"CREATE TRIGGER casebook_case_tally_delete AFTER DELETE ON casebook_case BEGIN {_LESS} END",
)
_LIST = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}
_FOLD = """
WITH gone AS (DELETE FROM casebook_casetally RETURNING state, kind, n)
INSERT INTO casebook_casetally (state, kind, n)
SELECT state, kind, sum(n) FROM gone GROUP BY state, kind HAVING sum(n) <> 0
"""


def by_state(without: Collection[str] = ()) -> dict[str, int]:
    """How many cases are in each state that has any; `without` those of some kinds."""
    return _by(0, without=without)


def by_kind(states: tuple[str, ...]) -> dict[str, int]:
    """How many cases of these states there are of each kind that has any."""
    return _by(1, states)


def fold() -> None:
    """Adds the rows up to one of each state and kind; what is written meanwhile stays for the next time."""
    connection = connections[CaseTally.objects.db]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FOLD)
            return
        sums = _sums()
        CaseTally.objects.all().delete()  # SQLite has one writer, and this transaction is it
        CaseTally.objects.bulk_create(
            CaseTally(state=state, kind=kind, n=n) for (state, kind), n in sums.items() if n
        )


@due.every(timedelta(minutes=5), "casebook.fold_tally")
def _fold_in_time() -> None:
    fold()


def ensure(connection: BaseDatabaseWrapper) -> None:
    """Makes the triggers that are missing and, if there were any, counts anew. Called after migrations: one that makes
    SQLite copy the table of cases loses its triggers."""
    if not missing(connection):
        return
    on = " ON casebook_case" if connection.vendor == "postgresql" else ""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)
        cursor.execute("DELETE FROM casebook_casetally")
        cursor.execute(
            "INSERT INTO casebook_casetally (state, kind, n) "
            "SELECT state, kind, count(*) FROM casebook_case GROUP BY state, kind"
        )


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor])
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in TRIGGERS if name not in present]


def after_migrate(using: str, plan: Any = None, **more: Any) -> None:
    """The listener to `post_migrate`; where nothing was migrated (a flush) there is nothing to do."""
    if plan:
        ensure(connections[using])


def _by(place: int, states: tuple[str, ...] = (), without: Collection[str] = ()) -> dict[str, int]:
    found: Counter[str] = Counter()
    for key, n in _sums(states).items():
        if key[1] not in without:
            found[key[place]] += n
    return {name: n for name, n in found.items() if n}


def _sums(states: tuple[str, ...] = ()) -> dict[tuple[str, str], int]:
    rows = CaseTally.objects.filter(state__in=states) if states else CaseTally.objects.all()
    summed = rows.order_by().values_list("state", "kind").annotate(total=Sum("n"))
    return {(state, kind): int(total) for state, kind, total in summed}
