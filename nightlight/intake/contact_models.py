"""The record of somebody asking to read a reporter's contact, and of what a custodian answered."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Report, Row
from nightlight.casebook.sealed import SealedField


class ContactRequest(Row):
    """One person asks, another answers, and the first reads once, before `open_until`."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a custodian")
        APPROVED = "approved", _("Approved: may be read once")
        REFUSED = "refused", _("Not approved")
        READ = "read", _("Read")
        CLOSED = "closed", _("Closed unread")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="contact_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = SealedField()
    state = models.CharField(max_length=12, choices=State, default=State.ASKED, db_index=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = SealedField()
    open_until = models.DateTimeField(null=True)  # the hotline's clock
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "asked_by"],
                condition=models.Q(state__in=["asked", "approved"]),
                name="one_open_contact_request",
            )
        ]
