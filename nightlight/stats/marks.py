"""The triggers that mark what is to be counted again, in the transaction that changed it, whatever program did."""

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from nightlight.stats.ledger_models import Mark

# name: table, event, the condition on the new row, what is marked, which column says which
TRIGGERS: dict[str, tuple[str, str, str, str, str]] = {
    "stats_mark_assessment": ("casebook_assessment", "INSERT", "NEW.is_final", "case", "case_id"),
    "stats_mark_look": (
        "casebook_assessment",
        "INSERT",
        "NEW.role IN ('second', 'correction', 'appeal') AND NOT NEW.is_final",
        "case",
        "case_id",
    ),
    "stats_mark_case": (
        "casebook_case",
        "UPDATE OF episode, gone_at, country, received_at",
        "NEW.confirmed_at IS NOT NULL OR NEW.episode > 1 OR NEW.gone_at IS NOT NULL OR NEW.country <> ''",
        "case",
        "id",
    ),
    "stats_mark_trace": ("takedown_trace", "INSERT", "NEW.country <> ''", "case", "case_id"),
    "stats_mark_told": ("takedown_noticecase", "INSERT", "NEW.episode > 0", "case", "case_id"),
    "stats_mark_answer": ("referral_outcome", "INSERT", "NEW.count >= 0", "case", "case_id"),
    "stats_mark_referral": (
        "referral_referral",
        "UPDATE OF prepared_at, fetched_at, acknowledged_at, withdrawn_at",
        "NEW.version > 0",
        "case",
        "case_id",
    ),
    "stats_mark_referred": ("referral_referral", "INSERT", "NEW.version > 0", "case", "case_id"),
    "stats_mark_list": ("sharing_change", "INSERT", "NEW.op <> ''", "entry", "entry_id"),
    "stats_mark_report": ("casebook_report", "INSERT", "NEW.source <> ''", "report", "id"),
    "stats_mark_withdrawn": (
        "casebook_report",
        "UPDATE OF withdrawn_at",
        "NEW.withdrawn_at IS NOT NULL",
        "report",
        "id",
    ),
    "stats_mark_moved": ("takedown_check", "INSERT", "NEW.state = 'moved'", "case", "case_id"),
    "stats_mark_allegation": ("casebook_allegation", "INSERT", "NEW.at IS NOT NULL", "report", "report_id"),
}
_OF_NOTICE = "takedown_noticecase WHERE notice_id"
_OF_DECISION = "casebook_assessment WHERE id"
# A notice marks each of its cases when it leaves, and when it is answered; a medium the case it was confirmed in:
# name: table, event, the condition on the new row, where its cases are found, by which column.
THROUGH: dict[str, tuple[str, str, str, str, str]] = {
    "stats_mark_sent": ("takedown_notice", "UPDATE OF sent_at", "NEW.sent_at IS NOT NULL", _OF_NOTICE, "id"),
    "stats_mark_said": ("takedown_answer", "INSERT", "NEW.at IS NOT NULL", _OF_NOTICE, "notice_id"),
    "stats_mark_file": (
        "casebook_assessment_media",
        "INSERT",
        "NEW.media_id IS NOT NULL",
        _OF_DECISION,
        "assessment_id",
    ),
}
_LIST = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}
_ALL = (
    "INSERT INTO stats_mark (what, of) SELECT 'case', case_id FROM casebook_assessment UNION "
    "SELECT 'case', case_id FROM referral_outcome UNION SELECT 'case', case_id FROM referral_referral UNION "
    "SELECT 'case', case_id FROM takedown_noticecase",
    "INSERT INTO stats_mark (what, of) SELECT 'entry', id FROM sharing_entry",
    "INSERT INTO stats_mark (what, of) SELECT 'report', id FROM casebook_report",
)


def ensure(connection: BaseDatabaseWrapper) -> None:
    """Makes the triggers that are missing and, if there were any, marks everything. Called after migrations: one that
    makes SQLite copy a table loses its triggers."""
    gone = missing(connection)
    if not gone:
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in gone:
            for statement in _statements(connection.vendor, name):
                cursor.execute(statement)
        for statement in _ALL:
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor])
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in (*TRIGGERS, *THROUGH) if name not in present]


def after_migrate(using: str, plan: Any = None, **more: Any) -> None:
    """The listener to `post_migrate`; where nothing was migrated (a flush) there is nothing to do."""
    if plan and Mark._meta.db_table in connections[using].introspection.table_names():
        ensure(connections[using])


def _statements(vendor: str, name: str) -> list[str]:
    if name in THROUGH:
        table, event, condition, cases, column = THROUGH[name]
        body = f"INSERT INTO stats_mark (what, of) SELECT 'case', case_id FROM {cases} = NEW.{column}"  # noqa: S608
    else:
        table, event, condition, what, column = TRIGGERS[name]
        body = f"INSERT INTO stats_mark (what, of) VALUES ('{what}', NEW.{column})"  # noqa: S608 - names from above
    if vendor == "sqlite":
        return [f"CREATE TRIGGER {name} AFTER {event} ON {table} WHEN {condition} BEGIN {body}; END"]
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {body}; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({condition}) "
        f"EXECUTE FUNCTION {name}()",
    ]
