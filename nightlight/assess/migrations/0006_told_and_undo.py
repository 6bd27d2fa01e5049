"""Who was told what a look found, and so looks no more; how long a decision for many can be undone."""

import django.db.models.deletion
import nightlight.work.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assess", "0005_welfare"),
        ("casebook", "0006_queue_at_scale"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UndoRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=nightlight.work.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ToldLook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=nightlight.work.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("episode", models.PositiveIntegerField()),
                ("round", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="casebook.case"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "episode", "round", "person"), name="told_once")
                ],
            },
        ),
    ]
