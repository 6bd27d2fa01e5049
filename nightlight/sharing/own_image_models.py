"""The list of pictures that the people shown gave as fingerprints: `own-image-unseen`.

It has tables of its own, so that nothing on it is ever taken for an entry of the hash list: nobody has seen these
pictures, none is confirmed, and a member gets none before it agreed that a person looks at every match.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Row

OWN_IMAGES = "own-image-unseen"


class OwnImageEntry(Row):
    """One fingerprint on the list, whoever and however many gave it. A value that was taken back is forgotten."""

    class State(models.TextChoices):
        LISTED = "listed", _("On the list")
        DELETED = "deleted", _("Taken off")

    type = models.CharField(max_length=8)  # sha256, sha1, md5 or pdq
    value = models.CharField(max_length=64, blank=True)  # hex, lower case
    state = models.CharField(max_length=8, choices=State, default=State.DELETED)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["type", "value"], condition=~models.Q(value=""), name="one_own_image_entry"
            )
        ]
        indexes = [models.Index(fields=["state", "type"], name="own_image_by_state")]


class OwnImageChange(Row):
    """One change of the list. Its place in the feed is the place of its audit entry in the log."""

    class Op(models.TextChoices):
        PUT = "put"
        DELETE = "delete"

    class Reason(models.TextChoices):
        """Why an entry was taken off."""

        WITHDRAWN = "withdrawn", _("Taken back by whoever gave it")
        HOLD = "hold", _("A person of the hotline took it off, or police asked to hold it")
        NEVER_MATCH = "never_match", _("It is like a picture that is to match nothing")

    entry = models.ForeignKey(OwnImageEntry, on_delete=models.PROTECT, related_name="changes")
    op = models.CharField(max_length=8, choices=Op)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    at = models.DateTimeField()
    audit_entry = models.UUIDField(unique=True)
    seq = models.PositiveBigIntegerField(null=True, unique=True)  # the leaf's number, once the log has it


class OwnImageAgreement(Row):
    """A member agreed that a person looks at every match before it acts on it, or no longer does; the newest row of
    a member holds, and without one it gets nothing of the list."""

    member = models.ForeignKey(
        "sharing.Member", on_delete=models.PROTECT, related_name="own_image_agreements"
    )
    on = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
