"""One person looks once a round; an assessment is never changed, only followed by another.

The database itself refuses both, so that no mistake in the code above it can break the second look.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from nightlight.audit import triggers

TABLES = ("casebook_assessment", "casebook_assessment_media")


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        triggers.guard(schema_editor.connection, table, ("id",))


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        triggers.lift(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("casebook", "0001_initial")]

    operations = [
        migrations.AddField("assessment", "round", models.PositiveIntegerField(default=1)),
        migrations.AddConstraint(
            "assessment",
            models.UniqueConstraint(
                condition=models.Q(("role__in", ["first", "second", "senior"])),
                fields=("case", "episode", "round", "by"),
                name="one_look_each",
            ),
        ),
        migrations.RunPython(guard, lift),
    ]
