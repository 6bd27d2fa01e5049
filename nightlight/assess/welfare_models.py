"""The records of care: the limits a manager set, what each person chose for themselves, and when they saw material.

Times are real ones, not those of the hotline's clock: what somebody sees in a rehearsal, they see as a person.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Case, Media
from nightlight.casebook.row import Row


class CareRule(Row):
    """The limits of the house; the newest row holds. Never changed, only followed by another."""

    day_minutes = models.PositiveSmallIntegerField()  # with material, in a day
    run_minutes = models.PositiveSmallIntegerField()  # with material, until a break is due
    break_minutes = models.PositiveSmallIntegerField()  # without material: that is a break
    last_minutes = models.PositiveSmallIntegerField()  # of a shift, without new material
    hold_seconds = models.PositiveSmallIntegerField()  # after which a medium is hidden though the key is held
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)


class CareChoice(models.Model):
    """What a person chose for themselves; nobody else reads it, and it needs no reason."""

    class Blur(models.TextChoices):
        STRONG = "strong", _("Strong")
        LIGHT = "light", _("Light")
        NONE = "none", _("None")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    kinds_off = models.JSONField(default=list)  # kinds of report they are not offered
    blur = models.CharField(max_length=8, choices=Blur, default=Blur.STRONG)
    grey = models.BooleanField(default=True)
    day_ends = models.TimeField(null=True)  # of their working day, on the hotline's clock and in its zone


class Sight(models.Model):
    """A person was shown a medium. Forgotten after some weeks; the log keeps the reveal itself."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["person", "at"])]
