"""Mails to those who answer for the house; what the desk found stands apart from what was reported."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def found_at_the_desk(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("triage", "Alarm").objects.filter(report=None, drill=False).update(by_desk=True)


class Migration(migrations.Migration):
    dependencies = [
        ("triage", "0004_person_named_rank"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarm",
            name="by_desk",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="alarm",
            name="found",
            field=models.CharField(
                blank=True,
                choices=[
                    ("danger_now", "A child is said to be in danger now"),
                    ("live_stream", "It is live: what happens may still be stopped"),
                    ("contact", "Somebody is in contact with a child, or threatens somebody"),
                    ("person", "A child asks for help, or a suspected account is named"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="alarmmail",
            name="step",
            field=models.CharField(
                choices=[
                    ("first", "First"),
                    ("second", "Second"),
                    ("everyone", "Everyone"),
                    ("offered", "Offered"),
                    ("unattended", "Unattended"),
                    ("care", "Care"),
                ],
                max_length=12,
            ),
        ),
        migrations.RunPython(found_at_the_desk, migrations.RunPython.noop),
    ]
