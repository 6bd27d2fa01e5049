"""The records of assess: who has taken which case for the next half hour, appeals, and what care needs."""

from django.conf import settings
from django.db import models

from nightlight.assess.appeal_models import Appeal
from nightlight.assess.queue_models import SavedView, Together, TogetherCase
from nightlight.assess.second_look_models import AskedLook, SecondLookRule, TrainingAnswer
from nightlight.assess.told_models import ToldLook
from nightlight.assess.undo_models import UndoRule
from nightlight.assess.welfare_models import CareChoice, CareRule, Sight
from nightlight.casebook.models import Case

__all__ = [
    "Appeal",
    "AskedLook",
    "CareChoice",
    "CareRule",
    "Claim",
    "SavedView",
    "SecondLookRule",
    "Sight",
    "Together",
    "TogetherCase",
    "ToldLook",
    "TrainingAnswer",
    "UndoRule",
]


class Claim(models.Model):
    """A person has taken a case until a moment of real time, so that two don't work on the same one."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="claim")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    until = models.DateTimeField()
