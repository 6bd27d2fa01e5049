"""The record of a duty that was handed over when somebody left."""

from django.conf import settings
from django.db import models

from nightlight.work.ids import new_id


class Handed(models.Model):
    """A duty that somebody left and somebody else has now, or nobody yet. What it is about stays as it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    duty = models.CharField(max_length=32)  # a name from duties.py
    row_id = models.UUIDField()
    line = models.CharField(max_length=200)  # what the duty is, naming no material and nobody reported
    whose = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["to", "done_at"])]
