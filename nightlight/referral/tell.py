"""The mail that says a referral is ready, or withdrawn: no facts, at most once to each recipient.

`sending` is committed before the mail is handed over. Whoever finds a message there does not send it again: a
person at the authority who was not told sees the referral on the desk all the same.
"""

import smtplib
import ssl
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts import mandate
from nightlight.audit import log
from nightlight.casebook import holds
from nightlight.referral.models import Message
from nightlight.work import clock, due
from nightlight.work.due import Record

SECONDS = 20  # for each step with the mail server; well within a lease
AGAIN = timedelta(minutes=10)

WHY_NOT: dict[str, Promise] = {
    "closed_no_mandate": _("closed: no mandate to notify"),
    "no_mail_server": _("No mail server is set (NIGHTLIGHT_EMAIL_URL)"),
    "hold": _("Police asked to hold the case"),
}
_SUBJECT = {
    Message.Kind.READY: "Referral {number} is ready",
    Message.Kind.WITHDRAWN: "Referral {number} is withdrawn",
}
_TEXT = {
    Message.Kind.READY: "Referral {number} is ready for you. Please sign in to fetch it:\n{link}\n",
    Message.Kind.WITHDRAWN: (
        "Referral {number} is withdrawn: our decision was corrected. Please don't act on it any more, and sign in "
        "if you have questions:\n{link}\n"
    ),
}


class NotNow(Exception):
    """The mail server could not take the mail; nothing was delivered."""


class Unsure(Exception):
    """The connection broke while the mail was handed over: it may or may not have arrived."""


@due.outward("referral.tell")
def tell(message: str) -> Record:
    """Sends one message, if it may leave now. Raises NotNow when the server can't take it yet."""
    row = _begin(UUID(message))
    if row is None:
        return _nothing
    try:
        accepted = _deliver(row)
    except Unsure:
        return _ending(row, Message.State.IN_DOUBT)
    except NotNow:
        Message.objects.filter(pk=row.pk, state=Message.State.SENDING).update(state=Message.State.QUEUED)
        raise
    return _ending(row, Message.State.SENT if accepted else Message.State.REFUSED)


@due.every(AGAIN, "referral.tell_again")
def tell_again() -> None:
    """Queues again what could leave by now: a mandate that is open, a mail server that is set, a hold that ended."""
    for row in Message.objects.filter(state=Message.State.QUEUED).exclude(why_not=""):
        if _why_not(row) == "":
            Message.objects.filter(pk=row.pk).update(why_not="")
            due.enqueue("referral.tell", message=row.pk)


@transaction.atomic
def _begin(message_id: UUID) -> Message | None:
    """The message, committed as being sent; None where it may not leave, with the reason written down."""
    row = Message.objects.select_for_update().get(pk=message_id)
    if row.state == Message.State.SENDING:
        Message.objects.filter(pk=row.pk).update(state=Message.State.IN_DOUBT)
        return None
    if row.state != Message.State.QUEUED:
        return None
    reason = _why_not(row)
    Message.objects.filter(pk=row.pk).update(
        why_not=reason, state=Message.State.QUEUED if reason else Message.State.SENDING
    )
    return None if reason else row


def _why_not(row: Message) -> str:
    """The first reason, a key of WHY_NOT, or an empty word if the message may leave."""
    if holds.active_until(row.referral.case):
        return "hold"
    if not mandate.is_open(mandate.Switch.NOTIFY):
        return "closed_no_mandate"
    return "" if settings.NIGHTLIGHT.mail else "no_mail_server"


def _nothing() -> None:
    """There was nothing to send; `_begin` wrote down why."""


def _ending(row: Message, state: Message.State) -> Callable[[], None]:
    def record() -> None:
        changed = Message.objects.filter(pk=row.pk, state=Message.State.SENDING).update(
            state=state, sent_at=clock.now() if state == Message.State.SENT else None
        )
        if changed:
            log.record("referral.tell", by="system", about=row, kind=row.kind, state=state)

    return record


def build(row: Message) -> EmailMessage:
    """The mail: the number of the referral and where to sign in. Its Message-ID is the same at every attempt."""
    config = settings.NIGHTLIGHT
    words = {"number": row.referral.number, "link": f"{config.base_url}/desk/referrals/"}
    kind = Message.Kind(row.kind)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{config.name.replace(chr(34), "")}" <{config.email_from}>'
    mail["To"] = row.recipient
    mail["Subject"] = _SUBJECT[kind].format(**words)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<referral.{row.pk}@{config.base_host}>"
    mail.set_content(f"{_TEXT[kind].format(**words)}\n{config.name}\n")
    return mail


def _deliver(row: Message) -> bool:
    """Whether the server took the mail; False if it refused for good. Raises NotNow, Unsure."""
    mail = build(row)
    connection = _connect()
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(max(code for code, _text in error.recipients.values()))
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure from error
    finally:
        connection.close()
    return True


def _connect() -> smtplib.SMTP:
    """The mail server, greeted; nothing of a mail has left yet. Raises NotNow."""
    config, server = settings.NIGHTLIGHT, settings.NIGHTLIGHT.mail
    if server is None:
        raise NotNow("no mail server is set")
    try:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=config.base_host, timeout=SECONDS)
        if server.starttls:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        connection.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow from error
    return connection


def _refused(code: int) -> bool:
    """False for a refusal for good (5xx). Raises NotNow for one that may pass (4xx)."""
    if 500 <= code <= 599:
        return False
    raise NotNow(str(code))
