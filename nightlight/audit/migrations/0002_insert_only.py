"""The triggers that make the log insert-only, on both databases."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.apps.registry import Apps

from nightlight.audit import triggers

TABLES = {"audit_entry": ("id",), "audit_leaf": ("seq", "entry_id"), "audit_checkpoint": ("size",)}


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, keys in TABLES.items():
        triggers.guard(schema_editor.connection, table, keys)


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        triggers.lift(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, lift)]
