"""The record of the mails that told custodians that something waits for them."""

from django.conf import settings
from django.db import models

from nightlight.casebook.models import Row
from nightlight.intake.contact_models import ContactRequest


class ContactMail(Row):
    """One mail to one custodian about one request. It holds neither the report nor the reason, nor who asked."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        IN_DOUBT = "in_doubt"
        SPARED = "spared"  # it was answered before the mail left

    request = models.ForeignKey(ContactRequest, on_delete=models.PROTECT, related_name="mails")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    waits = models.BooleanField(default=False)  # mail can't leave yet: nobody set it up
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="one_contact_mail")]
        indexes = [models.Index(fields=["state", "waits"])]
