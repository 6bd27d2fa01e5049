"""The first dimension of a cell holds the handle of a network, which is longer than the words of a vocabulary."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stats", "0001_past_lines_and_ledger")]

    operations = [
        migrations.AlterField(
            model_name="change", name="a", field=models.CharField(blank=True, max_length=64)
        ),
    ]
