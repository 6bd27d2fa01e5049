"""The mail that says a referral is ready, or withdrawn: no facts, at most once to each recipient.

`sending` is committed right before the dot that ends the mail. Whoever finds a message there does not send it again: a
person at the authority who was not told sees the referral on the desk all the same.
"""

from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts import mandate
from nightlight.audit import log
from nightlight.casebook import holds, once
from nightlight.casebook.texts import Wording, filled, wording
from nightlight.referral.models import Message
from nightlight.work import due
from nightlight.work.due import Record

AGAIN = timedelta(minutes=10)

WHY_NOT: dict[str, Promise] = {
    "closed_no_mandate": _("closed: no mandate to notify"),
    "no_mail_server": _("No mail server is set (NIGHTLIGHT_EMAIL_URL)"),
    "hold": _("Police asked to hold the case"),
    "text_incomplete": _("A text it is made of lacks something: see Message texts"),
}
SUBJECTS = {
    Message.Kind.READY: "Referral {number} is ready",
    Message.Kind.WITHDRAWN: "Referral {number} is withdrawn",
}
BODIES = {
    Message.Kind.READY: "Referral {number} is ready for you. Please sign in to fetch it:\n{link}",
    Message.Kind.WITHDRAWN: (
        "Referral {number} is withdrawn: our decision was corrected. Please don't act on it any more, and sign in "
        "if you have questions:\n{link}"
    ),
}


@due.outward("referral.tell")
def tell(message: str) -> Record:
    """Sends one message, if it may leave now. Raises post.NotNow when the server can't take it yet."""
    row = _ready(UUID(message))
    if row is None:
        return once.nothing
    mine = Message.objects.filter(pk=row.pk)
    return once.send(mine, row.recipient, build(row), partial(_log, row))


@due.every(AGAIN, "referral.tell_again")
def tell_again() -> None:
    """Queues again what could leave by now: a mandate that is open, a mail server that is set, a hold that ended."""
    for row in Message.objects.filter(state=Message.State.QUEUED).exclude(why_not=""):
        if _why_not(row) == "":
            Message.objects.filter(pk=row.pk).update(why_not="")
            due.enqueue("referral.tell", message=row.pk)


@transaction.atomic
def _ready(message_id: UUID) -> Message | None:
    """The message if it may leave; None where it may not, with the reason written down."""
    row = Message.objects.select_for_update().get(pk=message_id)
    if row.state == Message.State.SENDING:
        Message.objects.filter(pk=row.pk).update(state=Message.State.IN_DOUBT)
        return None
    if row.state != Message.State.QUEUED:
        return None
    reason = _why_not(row)
    Message.objects.filter(pk=row.pk).update(why_not=reason)
    return None if reason else row


def _why_not(row: Message) -> str:
    """The first reason, a key of WHY_NOT, or an empty word if the message may leave."""
    if holds.active_until(row.referral.case):
        return "hold"
    if not mandate.is_open(mandate.Switch.NOTIFY):
        return "closed_no_mandate"
    if not settings.NIGHTLIGHT.mail:
        return "no_mail_server"
    return "text_incomplete" if _wording().wrong(_keys(row.kind)) else ""


def _log(row: Message, state: once.State) -> None:
    log.record("referral.tell", by="system", about=row, kind=row.kind, state=state)


def build(row: Message) -> EmailMessage:
    """The mail: the number of the referral and where to sign in. Its Message-ID is the same at every attempt."""
    config = settings.NIGHTLIGHT
    values = {"number": row.referral.number, "link": f"{config.base_url}/desk/referrals/"}
    subject, body = (filled(_wording().of(key), values) for key in _keys(row.kind))
    mail = once.begun(row.recipient, subject, f"referral.{row.pk}")
    mail.set_content(f"{body}\n\n{config.name}\n")
    return mail


def _keys(kind: str) -> tuple[str, str]:
    return f"referral.subject.{kind}", f"referral.body.{kind}"


def _wording() -> Wording:
    """The authority is our own country's."""
    return wording(next(iter(settings.NIGHTLIGHT.countries), ""))
