"""Past reports that were brought from elsewhere, each version of each line; nothing here is ever changed."""

from django.db import models

from nightlight.casebook.row import Row
from nightlight.casebook.sealed import BlindIndexField, SealedField
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
)


class PastLine(Row):
    """One version of a past report. The first is known on the days it names, a later one from `recorded_at` on.

    Written in bulk by `past.py`; the columns are the words of the import form.
    """

    ref = models.CharField(max_length=200)  # the id that the line names
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    content_digest = models.CharField(
        max_length=64
    )  # keyed, to tell the same content again from a correction
    url = SealedField(null=True)  # type: ignore[misc] # none for a line without an address
    url_index = BlindIndexField(source="url", purpose="url")
    received_at = models.DateTimeField()
    source = models.CharField(max_length=16, choices=Source)
    kind = models.CharField(max_length=24, choices=ReportKind, blank=True)
    unit = models.CharField(max_length=16, default="url")
    channel = models.CharField(max_length=24, choices=Channel, blank=True)
    assessed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    severity = models.CharField(max_length=16, choices=Severity, blank=True)
    age = models.CharField(max_length=8, choices=Age, blank=True)
    sex = models.CharField(max_length=16, choices=Sex, blank=True)
    made_by = models.CharField(max_length=24, choices=MadeBy, blank=True)
    self_generated = models.BooleanField(default=False)
    live_stream = models.BooleanField(default=False)
    ai_generated = models.BooleanField(default=False)
    commercial = models.BooleanField(default=False)
    site_type = models.CharField(max_length=16, choices=SiteType, blank=True)
    country = models.CharField(max_length=16, blank=True)
    first_notice_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    referred_at = models.DateTimeField(null=True)
    outcomes = models.JSONField(default=list)  # [[day, what, count]]
    media = models.JSONField(default=list)  # [[[name, hash]]]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ref", "version"], name="one_version_of_a_line")]
