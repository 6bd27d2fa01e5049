"""Second looks beyond the default: what a manager set, which first looks were asked for one, and training."""

from django.conf import settings
from django.db import models

from nightlight.casebook.models import Assessment
from nightlight.casebook.row import Row


class SecondLookRule(Row):
    """What asks for a second look beyond the default; the newest row holds, without one nothing does."""

    sample_percent = models.PositiveSmallIntegerField(default=0)  # of all first looks, drawn at random
    new_analyst_looks = models.PositiveIntegerField(default=0)  # the first n looks of each person
    on_mismatch = models.BooleanField(default=False)  # where the decision is milder than a known match
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class AskedLook(models.Model):
    """Why a first look was asked for a second one; `sampled` alone is what agreement is measured on."""

    look = models.OneToOneField(Assessment, primary_key=True, on_delete=models.PROTECT, related_name="asked")
    sampled = models.BooleanField(default=False, db_index=True)
    new_analyst = models.BooleanField(default=False)
    mismatch = models.BooleanField(default=False)


class TrainingAnswer(Row):
    """An answer to a golden item: drawn shapes, never a Case, so that nothing counts or sends it."""

    number = models.PositiveIntegerField()  # of the item
    scheme = models.CharField(max_length=16)
    said = models.JSONField()  # {"outcome", "grade", "age"}
    as_expected = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "scheme", "by"], name="one_answer_each")]
