"""What managers settled about the records of all stages: the texts that are sent, and how long contents are kept."""

from django.conf import settings
from django.db import models

from nightlight.casebook.row import Row
from nightlight.casebook.sealed import SealedField


class MessageText(Row):
    """A text in other words. The row without an end holds, for its countries or, without any, for all others."""

    key = models.CharField(max_length=64, db_index=True)  # a text that a stage registered
    language = models.CharField(max_length=16)
    countries = models.JSONField(default=list)  # ISO 3166-1 alpha-2, sorted
    words = SealedField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class KeepRule(Row):
    """For how many days contents of a kind are kept; without a row they are kept without end."""

    kind = models.CharField(max_length=32)  # a kind that a stage registered
    country = models.CharField(max_length=16, blank=True)  # where the case is hosted; empty: every other
    days = models.PositiveIntegerField()
    grounds = SealedField()  # the law or agreement, and its article
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    from_at = models.DateTimeField()  # nothing is erased before; a day to think again
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "country"], condition=models.Q(ended_at=None), name="one_keep_rule"
            )
        ]


class Erased(Row):
    """The content of a row was erased under a rule; the row itself stays and is counted as before."""

    kind = models.CharField(max_length=32)
    row_id = models.UUIDField()
    rule = models.ForeignKey(KeepRule, on_delete=models.PROTECT, related_name="erased")
    held_something = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "row_id"], name="erased_once")]
