"""The setting of how long a decision for many cases can be undone."""

from django.conf import settings
from django.db import models

from nightlight.casebook.row import Row


class UndoRule(Row):
    """How many minutes; the newest row holds. Never changed, only followed by another."""

    minutes = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
