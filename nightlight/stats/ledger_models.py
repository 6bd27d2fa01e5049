"""The ledger of the published numbers: what changed them, when that became known, and for which day it counts."""

from django.db import models

from nightlight.casebook.models import Location


class Change(models.Model):
    """So many more, or fewer, in one cell of one table: known from a day on, counted on a day.

    Any table as of any day is a sum of these. `table` and the meaning of `a`, `b`, `c` are in `cells.py`. Changes of
    the same cell, known and counted on the same days, are added up as they are written.
    """

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=16)
    known_on = models.DateField()
    counted_on = models.DateField()
    a = models.CharField(max_length=64, blank=True)
    b = models.CharField(max_length=32, blank=True)
    c = models.CharField(max_length=32, blank=True)
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "known_on", "counted_on", "a", "b", "c"], name="one_change_of_a_cell"
            )
        ]
        indexes = [models.Index(fields=["table", "counted_on"], name="change_by_day")]


class MonthChange(models.Model):
    """The same changes once more, added up by whole months: those that became known in a month and count in a month,
    each named by its first day. Written together with `Change`, so that neither ever lags behind."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=16)
    known_on = models.DateField()
    counted_on = models.DateField()
    a = models.CharField(max_length=64, blank=True)
    b = models.CharField(max_length=32, blank=True)
    c = models.CharField(max_length=32, blank=True)
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "known_on", "counted_on", "a", "b", "c"], name="one_month_of_a_cell"
            )
        ]


class Counted(models.Model):
    """One row of facts for each case, report, medium or entry of our own: all it has put into the ledger so far."""

    class What(models.TextChoices):
        CASE = "case"
        REPORT = "report"
        MEDIA = "media"
        ENTRY = "entry"

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=8, choices=What)
    of = models.UUIDField()
    changes = models.JSONField(default=list)  # [[table, known_on, counted_on, a, b, c, n]]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "of"], name="counted_once")]


class Mark(models.Model):
    """That something changed and is to be counted again. Triggers write it in the transaction that changes."""

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=8, choices=Counted.What)
    of = models.UUIDField()


class Domain(models.Model):
    """A domain that pages of ours lie in, under the number by which the ledger tells it from others."""

    id = models.BigAutoField(primary_key=True)
    domain_index = models.CharField(max_length=64, unique=True)  # of `page`, the one that was counted first
    page = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")


class LedgerLock(models.Model):
    """One row: whoever writes to the ledger holds its lock."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    held = models.PositiveBigIntegerField(default=0)  # how often it was
