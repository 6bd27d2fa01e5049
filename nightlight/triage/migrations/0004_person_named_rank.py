"""A rank came in behind danger: cases that stood after it move one place down."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def down(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("casebook", "Case").objects.filter(priority__gte=1).update(
        priority=models.F("priority") + 1
    )


def up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("casebook", "Case").objects.filter(priority__gte=1).update(
        priority=models.F("priority") - 1
    )


class Migration(migrations.Migration):
    dependencies = [("triage", "0003_alarms"), ("casebook", "0004_texts_and_retention")]

    operations = [migrations.RunPython(down, up)]
