"""When the next clock of a case ends, and on which site its address is, stored with it. Holds are filled in; a notice that left before is at its next
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


def sites(apps: Any, schema_editor: Any) -> None:
    """The digest of the site of each case's address."""
    case, location = apps.get_model("casebook", "Case"), apps.get_model("casebook", "Location")
    of_it = location.objects.filter(pk=OuterRef("location")).values("domain_index")
    case.objects.filter(location__isnull=False).update(domain_index=Subquery(of_it))


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
        migrations.AddField(
            model_name="case",
            name="domain_index",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(ends_of_holds, migrations.RunPython.noop),
        migrations.RunPython(sites, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "second_look"])),
                fields=["domain_index", "priority", "received_at", "id"],
                name="to_do_on_site",
            ),
        ),
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
