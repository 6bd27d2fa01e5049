"""The records of the ground: Home, ClockState and Work."""

from django.db import models

from nightlight.work.ids import new_id


class Home(models.Model):
    """One row: what kind of home this database belongs to, and the ring without which it can't be read."""

    class Kind(models.TextChoices):
        REAL = "real"
        REHEARSAL = "rehearsal"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=16, choices=Kind)
    ring_fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()


class ClockState(models.Model):
    """One row: from where and how the hotline's clock runs. Every process computes the time from it."""

    class Mode(models.TextChoices):
        REAL = "real"
        FAST = "fast"
        JUMP = "jump"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.REAL)
    origin = models.DateTimeField()  # hotline time at `started`; in jump mode the time itself
    started = models.DateTimeField()  # real time
    factor = models.PositiveIntegerField(default=1)
    until = models.DateTimeField(null=True)  # jump mode: no jump goes beyond this
    setting = models.CharField(max_length=64, blank=True)  # NIGHTLIGHT_CLOCK as it was applied


class Work(models.Model):
    """One thing that must still happen. Done work is deleted in the transaction of its effect."""

    class State(models.TextChoices):
        DUE = "due"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=new_id)
    task = models.CharField(max_length=64)
    args = models.JSONField(default=dict)  # ids only
    key = models.CharField(max_length=128, null=True, unique=True)  # the same key is never queued twice
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    pulls_clock = models.BooleanField(default=True)  # upkeep does not make a jumping clock jump
    due = models.DateTimeField()  # the hotline's clock
    urgent = models.BooleanField(default=False)  # goes before all that is not, however long that is due
    not_before = models.DateTimeField(null=True)  # real time: back-off after a failure
    leased_until = models.DateTimeField(null=True)  # real time
    leased_by = models.CharField(max_length=96, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=128, blank=True)  # the error's class, never its text

    class Meta:
        indexes = [
            models.Index(fields=["state", "due"]),
            models.Index(fields=["due"], condition=models.Q(urgent=True), name="work_urgent"),
            models.Index(fields=["leased_until"]),
        ]
