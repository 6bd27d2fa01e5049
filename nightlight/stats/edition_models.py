"""What was published: an edition is frozen and signed; what was wrong with it is said beside it, never in it."""

from django.db import models

from nightlight.casebook.row import Row
from nightlight.stats.rounding import Rounding


class Edition(Row):
    """The tables of a period as they were published. Never changed."""

    name = models.CharField(max_length=64, unique=True)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    as_of = models.DateField()
    rounding = models.CharField(max_length=16, choices=Rounding, default=Rounding.WHOLE)
    published_at = models.DateTimeField()
    content = models.TextField()  # JSON: each table's rows by its name, as they may be published
    signature = models.TextField()  # compact JWS over the name, the day and the SHA-256 of the content

    def __str__(self) -> str:
        return self.name


class Erratum(Row):
    """A note to an edition: what it says wrongly, and what is right."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="errata")
    at = models.DateTimeField()
    note = models.TextField()  # published, so it names nobody
