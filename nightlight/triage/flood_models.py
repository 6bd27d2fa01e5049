"""The records of floods: what keeps coming in one shape, and which reports wait beside the queue because of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Case, Report, Row


class Shape(models.Model):
    """How many reports of one shape came since `since`. The shape is a keyed digest; idle ones are forgotten."""

    digest = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(db_index=True)  # real time
    count = models.PositiveIntegerField(default=0)


class Flood(Row):
    """More reports of one shape within an hour than people send: one matter for the desk, however many they are."""

    class What(models.TextChoices):
        TEXT = "text", _("The same words, again and again")
        SITE = "site", _("The same words about ever new addresses of one site")

    digest = models.CharField(max_length=64, db_index=True)
    what = models.CharField(max_length=8, choices=What)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    passed = models.PositiveIntegerField(default=0)  # sorted like any other, into cases people decide
    held = models.PositiveIntegerField(default=0)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")  # the first it made
    # An act of the desk that is being done in pieces: what it makes of what was held up to `settling_upto`.
    settling = models.CharField(max_length=8, blank=True)  # a Held.State; empty where nothing is being done
    settling_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settling_upto = models.UUIDField(null=True)
    settling_all = models.PositiveIntegerField(default=0)
    settling_done = models.PositiveIntegerField(default=0)


class Held(Row):
    """One report of a flood that waits beside the queue: kept, counted, its receipt valid; it made no case."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for somebody to look at the flood")
        CLEARED = "cleared", _("Cleared with its flood")
        RELEASED = "released", _("Sorted like any other")

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="held")
    flood = models.ForeignKey(Flood, on_delete=models.PROTECT, related_name="reports", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    held_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["flood", "state", "id"]),
            models.Index(fields=["flood", "id"]),  # the first and the last of many
        ]
