"""The records of takedown: traces, notices and their answers, looks, and the rules of whom to tell.

What a dump must not give away (hosts, addresses, contacts, texts) is sealed; country, network handle, states and
times are clear, for counting and grouping.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.permissions import Role as PersonRole
from nightlight.casebook.models import Case, Location, Row
from nightlight.casebook.sealed import BlindIndexField, SealedField
from nightlight.casebook.words import ReportKind


class Trace(Row):
    """Who hosted a Location at a time: of the address as reported, or of the true host behind a relay."""

    class Of(models.TextChoices):
        PAGE = "page"
        TRUE_HOST = "true_host"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="traces")
    location = models.ForeignKey(Location, null=True, on_delete=models.PROTECT, related_name="traces")
    episode = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    of = models.CharField(max_length=16, choices=Of, default=Of.PAGE)
    host = SealedField()  # the host or address that was traced
    addresses = SealedField()  # JSON list of IP addresses
    networks = SealedField()  # JSON list of the registered blocks they lie in, as CIDR; empty where unknown
    name_servers = SealedField()  # JSON list
    country = models.CharField(max_length=16, blank=True)
    provider = SealedField()  # the network's name in the registry
    provider_key = models.CharField(max_length=64, blank=True)  # network handle, as in Case.provider_key
    contacts = SealedField()  # JSON list of {"email", "scope", "name"}, best first
    problems = SealedField()  # JSON list: what could not be found out
    why_not = models.CharField(max_length=32, blank=True)  # why nobody was asked, a key of gates.WHY_NOT
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(is_current=True), name="one_current_trace"
            )
        ]


class Check(Row):
    """One look whether a Location is still up. The first look is the reference taken before the notice left."""

    class Kind(models.TextChoices):
        FIRST = "first", _("First look")
        LOOK = "look", _("Look")

    class State(models.TextChoices):
        UP = "up", _("Still up")
        GONE = "gone", _("Gone")
        CHANGED = "changed", _("Another page")
        MOVED = "moved", _("On another host")
        CANNOT_TELL = "cannot_tell", _("Could not tell")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="checks")
    episode = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.LOOK)
    state = models.CharField(max_length=16, choices=State)
    status = models.PositiveSmallIntegerField(null=True)  # HTTP status; None if nothing answered
    page_digest = models.CharField(max_length=64, blank=True)  # keyed, of what the page says and links to
    sketch = models.CharField(max_length=512, blank=True)  # keyed; the first look's, to tell a like page by
    media = models.JSONField(default=list)  # sha256 of what the page showed
    host_index = models.CharField(max_length=64, blank=True)  # of the host that answered in the end
    addresses_digest = models.CharField(max_length=64, blank=True)  # keyed, of the sorted IP addresses
    reason = models.CharField(max_length=64, blank=True)  # a word, never text

    class Meta:
        indexes = [models.Index(fields=["case", "episode", "at"])]


class Serial(models.Model):
    """The last serial number given out in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Notice(Row):
    """One message to one recipient about one or more Cases, with a serial number and a clock."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        RELAY = "relay", _("Relay")
        UPSTREAM = "upstream", _("Upstream network")
        REGISTRAR = "registrar", _("Registrar")
        PARTNER = "partner", _("Partner hotline")
        POLICE = "police", _("Police")

    class State(models.TextChoices):
        QUEUED = "queued", _("Not sent yet")
        SENDING = "sending", _("Being sent")
        IN_DOUBT = "in_doubt", _("May or may not have left")
        SENT = "sent", _("Sent")
        BOUNCED = "bounced", _("Came back")
        ANSWERED = "answered", _("Answered")
        DISPUTED = "disputed", _("Disputed")
        CLOSED = "closed", _("Closed")

    class Step(models.TextChoices):
        NOTICE = "notice", _("Notice")
        REMINDER = "reminder", _("Reminder")
        REMINDER_2 = "reminder_2", _("Second reminder")
        ESCALATION = "escalation", _("Escalation")
        AGAIN = "again", _("Sent again by the desk")
        RETRACTION = "retraction", _("Retraction")

    serial = models.CharField(max_length=24, unique=True)
    recipient = SealedField()  # one mail address
    recipient_index = BlindIndexField(source="recipient", purpose="contact")
    role = models.CharField(max_length=12, choices=Role)
    step = models.CharField(max_length=16, choices=Step, default=Step.NOTICE)
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    country = models.CharField(max_length=16, blank=True)
    law = models.CharField(max_length=16, blank=True)  # a row of laws.toml
    needs_approval = models.CharField(
        max_length=32, blank=True, choices=PersonRole
    )  # whose, if not given yet
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    why_not = models.CharField(max_length=32, blank=True)  # why a queued notice does not leave
    leave_at = models.DateTimeField()  # the hotline's clock
    packed_at = models.DateTimeField(null=True)  # from here on no page joins
    body = SealedField()  # the whole mail as it was packed
    message_id = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "why_not"])]


class NoticeCase(Row):
    """A Case in a Notice. The constraint is the guard that nobody is told the same thing twice."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="pages")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notice_pages")
    episode = models.PositiveIntegerField()
    recipient_index = models.CharField(max_length=64)
    step = models.CharField(max_length=16, choices=Notice.Step)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "episode", "recipient_index", "step"], name="told_once_per_step"
            )
        ]


class Answer(Row):
    """What a provider said on the notice's page. The same answer again is no new one."""

    class What(models.TextChoices):
        REMOVED = "removed", _("We have removed it")
        DISPUTED = "disputed", _("We disagree")
        NOT_OURS = "not_ours", _("It is not on our network")
        REAL_HOST = "real_host", _("It lies on another server, named below")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="answers")
    what = models.CharField(max_length=12, choices=What)
    note = SealedField()
    real_host = SealedField()
    digest = BlindIndexField(source="content", purpose="answer")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "digest"], name="one_answer")]

    @property
    def content(self) -> str:
        """What makes two answers the same."""
        return "\n".join((self.what, self.real_host.strip().lower(), self.note.strip()))


class Route(Row):
    """Whom to tell first about a page in a country; rows come before the defaults of `routes.py`."""

    class First(models.TextChoices):
        HOST = "host", _("The host")
        POLICE = "police", _("The police")
        PARTNER = "partner", _("A partner hotline")
        RELAY = "relay", _("A relay, to learn the true host")

    country = models.CharField(max_length=16, blank=True)  # ISO 3166-1 alpha-2; empty is every other country
    kind = models.CharField(max_length=24, choices=ReportKind, blank=True)  # empty is every kind
    network = models.CharField(max_length=64, blank=True)  # a network handle; empty is every network
    first = models.CharField(max_length=12, choices=First)
    contact = SealedField()  # mail address; empty: the contacts of the trace
    approves = models.CharField(max_length=32, choices=PersonRole, blank=True)  # empty: nobody need approve
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)


class ConfirmedContact(Row):
    """A person confirmed that a contact on a reported site's own domain is not suspected."""

    domain_index = models.CharField(max_length=64)  # registrable domain of the reported site
    contact = SealedField()
    contact_index = BlindIndexField(source="contact", purpose="contact")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain_index", "contact_index"], name="confirmed_once")
        ]


class Rule(Row):
    """A manager switched something on or off that happens by itself; the newest row of a name holds."""

    class Name(models.TextChoices):
        FOLLOW_MOVES = "follow_moves", _("Follow a page to its new host and write to that host")

    name = models.CharField(max_length=32, choices=Name)
    on = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
