"""The record that somebody was told what a look found before they looked themselves."""

from django.conf import settings
from django.db import models

from nightlight.casebook.models import Case
from nightlight.casebook.row import Row


class ToldLook(Row):
    """A person learned, from an alarm they took, what a look of this round found: they take no look in it any more."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    episode = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "episode", "round", "person"], name="told_once")
        ]
