"""The records of reporters who come back, and of reports taken on the telephone. None of them says who it was."""

from django.conf import settings
from django.db import models

from nightlight.casebook.models import Report, Row
from nightlight.casebook.sealed import SealedField


class Question(Row):
    """What an analyst asks whoever reported, and what they answered, once. Both are sealed."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = SealedField()
    answer = SealedField()
    answered_at = models.DateTimeField(null=True)


class Addition(Row):
    """A later report of whoever holds the receipt of the first: a Report is never changed, so what is added is one of
    its own, under the same receipt."""

    first = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="additions")
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="added_to")
    at = models.DateTimeField()


class Call(Row):
    """A report that an analyst wrote down for somebody on the telephone, and when its receipt was replaced."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="call")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)
