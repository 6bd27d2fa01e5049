"""The records all stages share. What could name a person or a place is sealed; what is counted is clear."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.grading_models import SchemeChoice, SchemeFile, SchemeGrade, SeriesTie
from nightlight.casebook.office_models import Erased, KeepRule, MessageText
from nightlight.casebook.own_image_models import OwnPrint
from nightlight.casebook.row import Row
from nightlight.casebook.sealed import BlindIndexField, SealedField
from nightlight.casebook.tally_models import CaseTally
from nightlight.casebook.words import (
    Age,
    Channel,
    MadeBy,
    Outcome,
    ReportKind,
    Severity,
    Sex,
    SiteType,
    Source,
    State,
)
from nightlight.work.ids import new_id

__all__ = [
    "Allegation",
    "Assessment",
    "Case",
    "CaseTally",
    "Child",
    "Erased",
    "Hold",
    "KeepRule",
    "Location",
    "Media",
    "MessageText",
    "OwnPrint",
    "Report",
    "Row",
    "SchemeChoice",
    "SchemeFile",
    "SchemeGrade",
    "SeriesTie",
    "Sighting",
    "Subject",
]


TO_DO = models.Q(state__in=[State.OPEN.value, State.SECOND_LOOK.value])
# Where time matters; what is dismissed or gone waits for nothing.
LIVE_STATES = (
    State.OPEN,
    State.SECOND_LOOK,
    State.WAITING,
    State.CONFIRMED,
    State.NOTICED,
    State.HANDED_OVER,
    State.ON_HOLD,
)
LIVE = models.Q(state__in=[state.value for state in LIVE_STATES])


class Location(Row):
    """One web address under suspicion, canonical, stored once however often it is reported."""

    url = SealedField()
    host = SealedField()
    domain = SealedField()
    url_index = BlindIndexField(source="url", purpose="url", unique=True)
    host_index = BlindIndexField(source="host", purpose="host")
    domain_index = BlindIndexField(source="domain", purpose="domain")
    tld = models.CharField(max_length=64, blank=True)
    first_seen = models.DateTimeField()


class Report(Row):
    """What one reporter sent, once. Never changed: withdrawn, or emptied under a rule (`retention.py`), at most."""

    received_at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=16, choices=Source, default=Source.PUBLIC)
    kind = models.CharField(max_length=24, choices=ReportKind)
    channel = models.CharField(max_length=24, choices=Channel, blank=True)
    happening_now = models.BooleanField(default=False)
    text = SealedField()
    contact = SealedField()  # JSON, as given
    addresses = SealedField()  # JSON list of the addresses as reported
    not_understood = SealedField()  # JSON list
    hashes = models.JSONField(default=list)  # [{"type", "value"}]
    receipt_digest = models.CharField(max_length=128, unique=True)
    sorted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)


class Case(Row):
    """The matter that a person decides: about a Location, a Media, or a Report alone."""

    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    held_from = models.CharField(max_length=16, blank=True)  # the state a hold interrupted
    kind = models.CharField(max_length=24, choices=ReportKind)
    priority = models.PositiveSmallIntegerField()  # rank, 0 first; see triage
    danger_now = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    location = models.OneToOneField(Location, null=True, on_delete=models.PROTECT, related_name="case")
    report = models.OneToOneField(Report, null=True, on_delete=models.PROTECT, related_name="own_case")
    episode = models.PositiveIntegerField(default=1)  # a come-back begins a new one
    waiting_for = models.CharField(
        max_length=32, blank=True
    )  # why the desk must look; a name from states.WAITS
    domain_index = models.CharField(
        max_length=64, blank=True, editable=False
    )  # of its Location, kept by `save`
    country = models.CharField(max_length=16, blank=True)  # of the present host
    provider_key = models.CharField(max_length=64, blank=True, db_index=True)  # network handle, for grouping
    confirmed_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()  # since when it is in its state
    clock_at = models.DateTimeField(null=True)  # when the next clock that runs for it ends; see ticking.py

    class Meta:
        indexes = [
            models.Index(fields=["state", "priority", "received_at", "id"]),
            # The queue of what is to be decided, in its two orders, whole and by its two commonest filters.
            models.Index(fields=["priority", "received_at", "id"], condition=TO_DO, name="to_do_by_rank"),
            models.Index(fields=["received_at", "id"], condition=TO_DO, name="to_do_by_clock"),
            models.Index(
                fields=["kind", "priority", "received_at", "id"], condition=TO_DO, name="to_do_of_kind"
            ),
            models.Index(
                fields=["country", "priority", "received_at", "id"], condition=TO_DO, name="to_do_in_country"
            ),
            # Of a site with a hundred thousand addresses none is read to list or count what is to do there.
            models.Index(
                fields=["domain_index", "priority", "received_at", "id"],
                condition=TO_DO,
                name="to_do_on_site",
            ),
            # By the other clocks: how long it is in its state, and when a notice's deadline or a hold ends.
            models.Index(fields=["changed_at", "id"], condition=TO_DO, name="to_do_by_since"),
            models.Index(fields=["state", "changed_at", "id"], condition=LIVE, name="live_by_since"),
            models.Index(
                fields=["clock_at", "id"], condition=models.Q(clock_at__isnull=False), name="by_clock_end"
            ),
            models.Index(
                fields=["state", "clock_at", "id"],
                condition=models.Q(clock_at__isnull=False),
                name="state_by_clock_end",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Also carries the digest of the site of a new case's address."""
        if self._state.adding and self.location:
            self.domain_index = self.location.domain_index
        super().save(*args, **kwargs)


class Allegation(Row):
    """A Report naming a Location, with the spelling as reported."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="allegations")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="allegations")
    as_reported = SealedField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "location"], name="one_allegation")]


class Media(Row):
    """One image or video, known by its hashes only."""

    sha256 = models.CharField(max_length=64, unique=True)
    sha1 = models.CharField(max_length=40, blank=True, db_index=True)
    md5 = models.CharField(max_length=32, blank=True, db_index=True)
    pdq = models.CharField(max_length=64, blank=True)  # of a picture
    quality = models.PositiveSmallIntegerField(null=True)  # of that hash, 0-100
    duration = models.FloatField(null=True)  # of a video, seconds
    frames = models.BinaryField(default=b"")  # of a video, its hashed frames as `packed.py` packs them
    unhashed = models.CharField(max_length=24, blank=True)  # why neither: the name of a MediaError
    size = models.PositiveBigIntegerField(default=0)
    mime = models.CharField(max_length=64, blank=True)
    first_seen = models.DateTimeField()
    child = models.ForeignKey("Child", null=True, on_delete=models.PROTECT, related_name="media")

    class Meta:
        indexes = [models.Index(fields=["pdq"], condition=~models.Q(pdq=""), name="media_by_pdq")]


class Sighting(Row):
    """A Media at a Location at a time."""

    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="sightings")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="sightings")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["media", "location"], name="one_sighting")]


class Child(Row):
    """A child seen in a series of media. No name, ever."""

    class Status(models.TextChoices):
        UNKNOWN = "unknown", _("Not known to police")
        KNOWN_TO_POLICE = "known_to_police", _("Known to police")
        IDENTIFIED = "identified", _("Identified")
        SAFEGUARDED = "safeguarded", _("Safeguarded")

    label = models.CharField(max_length=32, unique=True)  # a neutral code such as "C-2026-0007"
    status = models.CharField(max_length=16, choices=Status, default=Status.UNKNOWN)
    note = SealedField()
    created_at = models.DateTimeField()
    cases = models.ManyToManyField(Case, related_name="children")


class Subject(Row):
    """An account or handle and where it was seen: suspected only, perhaps a child too."""

    handle = SealedField()
    service = SealedField()
    handle_index = BlindIndexField(source="handle", purpose="contact")
    may_be_child = models.BooleanField(default=False)
    note = SealedField()
    created_at = models.DateTimeField()
    cases = models.ManyToManyField(Case, related_name="subjects")


class Assessment(Row):
    """One person's decision on a Case. Never changed, only followed by another."""

    class Role(models.TextChoices):
        FIRST = "first"
        SECOND = "second"
        SENIOR = "senior"  # after a disagreement
        CORRECTION = "correction"
        APPEAL = "appeal"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    role = models.CharField(max_length=12, choices=Role, default=Role.FIRST)
    episode = models.PositiveIntegerField(default=1)
    round = models.PositiveIntegerField(
        default=1
    )  # a settled decision ends one; looking again begins the next
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=16, choices=Outcome)
    scheme = models.CharField(max_length=16, default="UK")
    severity = models.CharField(max_length=16, choices=Severity, blank=True)
    age = models.CharField(max_length=8, choices=Age, blank=True)
    sex = models.CharField(max_length=16, choices=Sex, blank=True)
    made_by = models.CharField(max_length=24, choices=MadeBy, blank=True)
    self_generated = models.BooleanField(default=False)
    live_stream = models.BooleanField(default=False)
    ai_generated = models.BooleanField(default=False)
    commercial = models.BooleanField(default=False)
    site_type = models.CharField(max_length=16, choices=SiteType, blank=True)
    note = SealedField()
    reasons = SealedField()
    media_seen = models.PositiveIntegerField(default=0)  # graded on n …
    media_total = models.PositiveIntegerField(default=0)  # … of m
    is_final = models.BooleanField(default=False)  # true on the one that settled the case
    media = models.ManyToManyField(Media, related_name="assessments")  # those this person confirmed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "episode", "round", "by"],
                condition=models.Q(role__in=["first", "second", "senior"]),
                name="one_look_each",
            )
        ]


class EditHashes(models.Model):
    """Hashes of a Media's edits, derived while its picture was in memory: never the picture's own, never published.

    `derived` (packed) goes into our own index with the Media, `looks` (rows of via, quality, pdq) is what the Media
    is looked up by. `grid` says of which grid of edits the tags are.
    """

    media = models.OneToOneField(Media, primary_key=True, on_delete=models.CASCADE, related_name="edits")
    grid = models.CharField(max_length=16)
    derived = models.BinaryField(default=b"")
    looks = models.JSONField(default=list)


class Enrolment(models.Model):
    """A Media under its number in the index; `present` while two people's confirmation of it stands."""

    number = models.BigAutoField(primary_key=True)
    media = models.OneToOneField(Media, on_delete=models.PROTECT, related_name="enrolment")
    present = models.BooleanField(default=False)


class IndexCounter(models.Model):
    """One row, whose lock puts the changes of the index into the order in which they commit."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)


class IndexChange(models.Model):
    """That an Enrolment must be looked at again. `mark` tells this history from another with the same numbers."""

    number = models.PositiveBigIntegerField(primary_key=True)
    mark = models.UUIDField(default=new_id)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="changes")


class NeverMatch(Row):
    """A manager said that a Media is to match nothing (a logo, say), or took that back; the newest row holds."""

    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="never_match")
    on = models.BooleanField()
    reason = SealedField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Practice(Row):
    """A manager switched on or off how the whole house works; the newest row of a name holds."""

    class Name(models.TextChoices):
        THROUGH_EDITS = "through_edits", _("See known pictures through crops, rotations and frames")

    name = models.CharField(max_length=32, choices=Name)
    on = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Hold(Row):
    """Police ask that nothing be sent, checked or listed for a Case until a date."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    until = models.DateTimeField()
    reference = SealedField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
