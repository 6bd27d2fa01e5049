"""The records of referral: what an authority was given, how it was told, what came back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _in

from nightlight.casebook.models import Case, Row
from nightlight.casebook.sealed import BlindIndexField, SealedField


class To(models.TextChoices):
    """Who is given a referral."""

    POLICE = "police", _("Police")
    CHILD_PROTECTION = "child_protection", _("Child protection")


class What(models.TextChoices):
    """What came of it; the words of the import form (`docs/vocabulary.md`)."""

    ARREST = "arrest", _("Arrest")
    VOLUNTARY_ATTENDANCE = "voluntary_attendance", _("Voluntary attendance")
    SEARCH = "search", _in("by the police", "Search")
    SUSPECT_IDENTIFIED = "suspect_identified", _("Suspect identified")
    CHILD_IDENTIFIED = "child_identified", _("Child identified")
    CHILD_SAFEGUARDED = "child_safeguarded", _("Child safeguarded")
    NO_FURTHER_ACTION = "no_further_action", _("No further action")


class Counter(models.Model):
    """The last number given out in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Referral(Row):
    """What one authority is given about an episode of a Case. `package` is the whole file as it is fetched."""

    class State(models.TextChoices):
        READY = "ready", _("Ready to fetch")
        FETCHED = "fetched", _("Fetched")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.CharField(max_length=24, unique=True)  # R-2026-0001
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    episode = models.PositiveIntegerField()
    to = models.CharField(max_length=20, choices=To)
    version = models.PositiveIntegerField(default=1)  # one more each time a withdrawn one is made again
    state = models.CharField(max_length=12, choices=State, default=State.READY)
    package = SealedField()
    prepared_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "episode", "to"], name="one_referral_per_episode")
        ]


class Message(Row):
    """One mail, without facts, to one person at the authority: a referral is ready, or withdrawn."""

    class Kind(models.TextChoices):
        READY = "ready", _("Ready")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class State(models.TextChoices):
        QUEUED = "queued", _("Not sent yet")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused by the mail server")
        IN_DOUBT = "in_doubt", _("May or may not have left")
        DROPPED = "dropped", _("No longer needed")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="messages")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    recipient = SealedField()
    recipient_index = BlindIndexField(source="recipient", purpose="contact")
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    why_not = models.CharField(max_length=32, blank=True)  # why a queued one does not leave
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "version", "kind", "recipient_index"], name="told_once_per_version"
            )
        ]


class Outcome(Row):
    """What police or child protection answered, with whether the reporter may be told."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    day = models.DateField(db_index=True)
    what = models.CharField(max_length=24, choices=What)
    count = models.PositiveIntegerField(default=1)
    tellable = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Interruption(models.Model):
    """Why a Case was waiting when a hold interrupted it, so that it waits for the same again."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="interruption")
    waiting_for = models.CharField(max_length=32)
