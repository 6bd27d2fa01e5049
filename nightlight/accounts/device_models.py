"""The record of a device that material may be seen on. See `devices.py`."""

from django.db import models

from nightlight.work.ids import new_id


class DeskDevice(models.Model):
    """A browser on a machine of the hotline, known by a secret in its cookie, kept here as a keyed digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
