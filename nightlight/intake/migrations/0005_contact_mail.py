"""The mails that tell custodians that something waits for them."""

import django.db.models.deletion
import nightlight.work.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0004_returns_and_pace"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=nightlight.work.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("refused", "Refused"),
                            ("in_doubt", "In Doubt"),
                            ("spared", "Spared"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("waits", models.BooleanField(default=False)),
                ("queued_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="intake.contactrequest",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "waits"], name="intake_cont_state_ba045e_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "person"), name="one_contact_mail")
                ],
            },
        ),
    ]
