"""Fingerprints that people give of pictures of themselves. Nobody has seen those pictures, and no decision rests on
them: they stand apart from Media, which somebody looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.row import Row


class OwnPrint(Row):
    """One fingerprint that came with a report about somebody's own picture, until the report is taken back."""

    class KeptOff(models.TextChoices):
        """Why a fingerprint goes on no list."""

        NEVER_MATCH = "never_match", _("It is like a picture that is to match nothing")
        TOO_PLAIN = "too_plain", _("Too plain to be told from other pictures")
        TOO_MANY = "too_many", _("Too many at once")

    report = models.ForeignKey("casebook.Report", on_delete=models.PROTECT, related_name="own_prints")
    type = models.CharField(max_length=8)  # as in Report.hashes
    value = models.CharField(max_length=64)  # hex, lower case
    quality = models.PositiveSmallIntegerField(null=True)  # of a PDQ, 0 to 100, where it was said
    kept_off = models.CharField(max_length=16, choices=KeptOff, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "type", "value"], name="one_own_print")]
        indexes = [models.Index(fields=["type", "value"], name="own_print_value")]
