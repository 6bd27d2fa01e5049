"""The records of sharing: who takes our lists, what is on them, every change of them, and what members think.

A URL entry holds no address of its own: it points at the Location, whose address is sealed, and keeps a keyed
digest of the digest that members see, so that a dump can't be searched for addresses.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Case, Location, Media, Row
from nightlight.casebook.sealed import BlindIndexField, SealedField
from nightlight.net import address
from nightlight.sharing.own_image_models import OwnImageAgreement, OwnImageChange, OwnImageEntry

__all__ = [
    "Change",
    "Delisting",
    "Entry",
    "ListName",
    "Member",
    "Opinion",
    "OwnImageAgreement",
    "OwnImageChange",
    "OwnImageEntry",
    "Reason",
    "Type",
    "all_lists",
]


class ListName(models.TextChoices):
    """The two lists."""

    HASHES = "hashes", _("Hash list")
    URLS = "urls", _("URL list")


class Type(models.TextChoices):
    """What an entry is known by."""

    SHA256 = "sha256", _("SHA-256")
    SHA1 = "sha1", _("SHA-1")
    MD5 = "md5", _("MD5")
    PDQ = "pdq", _("PDQ")
    URL = "url", _("Address")


class Reason(models.TextChoices):
    """Why an entry was taken off a list."""

    CORRECTED = "corrected", _("The decision was corrected")
    GONE = "gone", _("The page is gone")
    HOLD = "hold", _("Police asked to hold it")
    APPEAL = "appeal", _("Taken off until an appeal is decided")
    NEVER_MATCH = "never_match", _("A manager marked it as matching nothing")


def all_lists() -> list[str]:
    """What a new member takes: both lists, until a manager settles otherwise."""
    return list(ListName.values)


class Member(Row):
    """A company or hotline that takes our lists; named by its token."""

    name = models.CharField(max_length=120, unique=True)
    since = models.DateTimeField()
    lists = models.JSONField(default=all_lists)  # the agreed ones
    last_read_at = models.DateTimeField(null=True)


class Entry(Row):
    """One thing on a list: a hash of a Media, or the address of a Location. Its id never changes."""

    class State(models.TextChoices):
        LISTED = "listed", _("On the list")
        DELETED = "deleted", _("Taken off")

    list_name = models.CharField(max_length=8, choices=ListName)
    type = models.CharField(max_length=8, choices=Type)
    value = models.CharField(max_length=64, blank=True)  # hex, lower case; empty for an address
    media = models.ForeignKey(Media, null=True, on_delete=models.PROTECT, related_name="entries")
    location = models.OneToOneField(Location, null=True, on_delete=models.PROTECT, related_name="entry")
    digest_index = BlindIndexField(source="digest", purpose="url_digest")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")  # by which it came
    episode = models.PositiveIntegerField(default=1)
    labels = models.JSONField(default=dict)  # words of the vocabularies
    state = models.CharField(max_length=8, choices=State, default=State.DELETED)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["type", "value"], condition=~models.Q(value=""), name="one_entry_per_hash"
            )
        ]

    def digests(self) -> list[str]:
        """Of an address: hex SHA-256 of its canonical form, then of each prefix (`net.address.digests`)."""
        if self.location is None:
            return []
        return [digest.hex() for digest in address.digests(address.exact(self.location.url))]

    @property
    def digest(self) -> str:
        """Of an address: hex SHA-256 of its canonical form; empty for a hash."""
        return next(iter(self.digests()), "")


class Change(Row):
    """One change of a list. Its place in the feed is the place of its audit entry in the log."""

    class Op(models.TextChoices):
        PUT = "put"
        DELETE = "delete"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="changes")
    list_name = models.CharField(max_length=8, choices=ListName)
    op = models.CharField(max_length=8, choices=Op)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    at = models.DateTimeField()
    audit_entry = models.UUIDField(unique=True)
    seq = models.PositiveBigIntegerField(null=True, unique=True)  # the leaf's number, once the log has it

    class Meta:
        indexes = [models.Index(fields=["list_name", "seq"])]


class Delisting(models.Model):
    """Whether a Case is off the lists until an appeal is decided. The newest request holds, in whatever order
    the requests are worked off: `mark` is time-ordered."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="delisting")
    active = models.BooleanField()
    mark = models.UUIDField()


class Opinion(Row):
    """What a member thinks of an entry. It changes nothing by itself; a person reads it."""

    class What(models.TextChoices):
        CONFIRM = "confirm", _("Agrees")
        DISPUTE = "dispute", _("Disagrees")
        SEEN = "seen", _("Has seen it")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="opinions")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="opinions")
    opinion = models.CharField(max_length=8, choices=What)
    reason = SealedField()
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
