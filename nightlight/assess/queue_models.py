"""The records of the queue: the views a person saved, and the decisions taken for many cases together."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Case, Row
from nightlight.casebook.sealed import SealedField


class SavedView(Row):
    """A person's own way to see the queue, by a name they chose. Both are sealed: a view may name a site."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = SealedField()
    filters = SealedField()  # JSON, see filters.py
    at = models.DateTimeField()


class Together(Row):
    """One decision with its reasons for many cases. It stands in no case before `leaves_at`: until then it can be
    undone, and nothing of it left the house."""

    class Rule(models.TextChoices):
        """Why these cases may be decided together."""

        KNOWN_MEDIA = "known_media", _("All media are known, byte for byte, with the same category")
        DUPLICATE = "duplicate", _("They name the same hashes as an earlier case")
        SAME_HOST = "same_host", _("They are on the same host")
        SAME_MEDIA = "same_media", _("They show the same media, byte for byte")
        NEAR_MEDIA = "near_media", _("They show media that are nearly the same")

    class State(models.TextChoices):
        WAITING = "waiting", _("Can still be undone")
        UNDONE = "undone", _("Undone")
        DONE = "done", _("Done")

    rule = models.CharField(max_length=16, choices=Rule)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    leaves_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    ended_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["state", "leaves_at"])]


class TogetherCase(Row):
    """One of those cases, with what is decided about it (the fields of a Decision, as JSON, sealed)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Can still be undone")
        DECIDED = "decided", _("Decided")
        LEFT_OUT = "left_out", _("Left out, changed meanwhile")
        UNDONE = "undone", _("Undone")

    together = models.ForeignKey(Together, on_delete=models.PROTECT, related_name="parts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="together")
    decision = SealedField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    assessment = models.ForeignKey(
        "casebook.Assessment", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="waiting"), name="one_decision_waits_for_a_case"
            ),
            models.UniqueConstraint(fields=["together", "case"], name="a_case_once_together"),
        ]
