"""Which classification schemes there are beside the shipped ones, which are in use, what was given in them; and which
media a child's series is made of."""

from django.conf import settings
from django.db import models

from nightlight.casebook.row import Row


class SchemeFile(Row):
    """A scheme that a manager brought, from a file or the home's folder; the newest of a key holds."""

    key = models.CharField(max_length=16, db_index=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)  # SHA-256 of the text
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class SchemeChoice(Row):
    """The schemes that the desk grades by, the main one first; the newest row holds."""

    schemes = models.JSONField()  # keys
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class SchemeGrade(Row):
    """A grade in a scheme other than the UK's, with how it is printed, whatever becomes of the scheme's file."""

    assessment = models.ForeignKey("casebook.Assessment", on_delete=models.PROTECT, related_name="grades")
    scheme = models.CharField(max_length=16)
    edition = models.CharField(max_length=200)
    value = models.CharField(max_length=16)
    printed = models.CharField(max_length=120)
    wire = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict)  # {"age_category": "pubescent"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "scheme"], name="one_grade_each")]


class SeriesTie(Row):
    """A person said in a case that a Media belongs to the series of a Child. Never changed."""

    child = models.ForeignKey("casebook.Child", on_delete=models.PROTECT, related_name="ties")
    media = models.ForeignKey("casebook.Media", on_delete=models.PROTECT, related_name="ties")
    case = models.ForeignKey("casebook.Case", on_delete=models.PROTECT, related_name="series_ties")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "media"], name="one_tie_each")]
