"""When the next clock of a case ends, stored with it. Holds are filled in; a notice that left before is at its next
deadline."""

from typing import Any

from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery


def ends_of_holds(apps: Any, schema_editor: Any) -> None:
    """The end of the longest hold of each case that is on hold."""
    case, hold = apps.get_model("casebook", "Case"), apps.get_model("casebook", "Hold")
    held = hold.objects.filter(case=OuterRef("pk"), lifted_at=None).order_by().values("case")
    case.objects.filter(state="on_hold").update(
        clock_at=Subquery(held.annotate(last=Max("until")).values("last"))
    )


class Migration(migrations.Migration):
    dependencies = [
        ("casebook", "0007_own_prints"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="clock_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="location",
            index=models.Index(fields=["domain_index", "id"], name="location_by_site"),
        ),
        migrations.RunPython(ends_of_holds, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "second_look"])),
                fields=["changed_at", "id"],
                name="to_do_by_since",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        ["open", "second_look", "waiting", "confirmed", "noticed", "handed_over", "on_hold"],
                    )
                ),
                fields=["state", "changed_at", "id"],
                name="live_by_since",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("clock_at__isnull", False)),
                fields=["clock_at", "id"],
                name="by_clock_end",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("clock_at__isnull", False)),
                fields=["state", "clock_at", "id"],
                name="state_by_clock_end",
            ),
        ),
    ]
