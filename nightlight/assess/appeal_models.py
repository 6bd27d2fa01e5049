"""The record of an appeal: somebody asks for another look at a decision."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Case, Row
from nightlight.casebook.sealed import SealedField


class Appeal(Row):
    """Who asks, about what, why, and how it was answered. Whoever holds the reference reads the answer."""

    class Who(models.TextChoices):
        OWNER = "owner", _("I own or run the site")
        HOST = "host", _("I host it")
        PUBLISHER = "publisher", _("I published what is there")
        VICTIM = "victim", _("I am the person in the pictures, or I speak for them")
        BLOCKED = "blocked", _("The page was blocked for me")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a decision")
        UPHELD = "upheld", _("Granted")
        REJECTED = "rejected", _("Not granted")

    reference_digest = models.CharField(max_length=64, unique=True)
    received_at = models.DateTimeField()
    who = models.CharField(max_length=12, choices=Who)
    serial = SealedField()
    address = SealedField()
    reasons = SealedField()
    contact = SealedField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="appeals")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN, db_index=True)
    delisted = models.BooleanField(default=False)  # off the lists until it is decided
    answer = SealedField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
