"""The first dimension of a cell may be the handle of a network; and the changes are kept added up by months too."""

from typing import Any

from django.db import migrations, models
from django.db.models import Sum
from django.db.models.functions import TruncMonth

_CELL = ("table", "a", "b", "c")


def add_up(apps: Any, _editor: Any) -> None:
    """The months of what is there already."""
    change, month = apps.get_model("stats", "Change"), apps.get_model("stats", "MonthChange")
    rows = (
        change.objects.order_by()
        .annotate(known=TruncMonth("known_on"), counted=TruncMonth("counted_on"))
        .values_list(*_CELL, "known", "counted")
        .annotate(total=Sum("n"))
    )
    month.objects.bulk_create(
        (
            month(table=table, known_on=known, counted_on=counted, a=a, b=b, c=c, n=total)
            for table, a, b, c, known, counted, total in rows.iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("stats", "0001_past_lines_and_ledger")]

    operations = [
        migrations.AlterField(
            model_name="change", name="a", field=models.CharField(blank=True, max_length=64)
        ),
        migrations.AddIndex(
            model_name="change", index=models.Index(fields=["table", "counted_on"], name="change_by_day")
        ),
        migrations.CreateModel(
            name="MonthChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=16)),
                ("known_on", models.DateField()),
                ("counted_on", models.DateField()),
                ("a", models.CharField(blank=True, max_length=64)),
                ("b", models.CharField(blank=True, max_length=32)),
                ("c", models.CharField(blank=True, max_length=32)),
                ("n", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("table", "known_on", "counted_on", "a", "b", "c"), name="one_month_of_a_cell"
                    )
                ]
            },
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
