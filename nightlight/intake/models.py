"""The records of intake beside the Report: what keeps the door from being flooded. None of them names anyone."""

from django.db import models

from nightlight.intake.contact_models import ContactRequest
from nightlight.intake.repeat_models import Repeat

__all__ = ["ContactRequest", "Knock", "Repeat", "Spent"]


class Knock(models.Model):
    """How often one caller knocked at one door within an hour. The caller is a keyed digest that changes daily."""

    caller = models.CharField(max_length=64)
    door = models.CharField(max_length=16)
    hour = models.DateTimeField()  # real time, the hour's beginning
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "door", "hour"], name="one_knock_count")]


class Spent(models.Model):
    """A challenge or a form that was used, kept until it would have expired anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires = models.DateTimeField(db_index=True)  # real time
