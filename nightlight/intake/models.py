"""The records of intake beside the Report. None of them names a reporter."""

from django.db import models

from nightlight.intake.contact_mail_models import ContactMail
from nightlight.intake.contact_models import ContactRequest
from nightlight.intake.own_image_models import OwnImageAnswers
from nightlight.intake.pace_models import Pace
from nightlight.intake.repeat_models import Repeat
from nightlight.intake.return_models import Addition, Call, Question

__all__ = [
    "Addition",
    "Call",
    "ContactMail",
    "ContactRequest",
    "Knock",
    "OwnImageAnswers",
    "Pace",
    "Question",
    "Repeat",
    "Spent",
]


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
