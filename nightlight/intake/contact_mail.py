"""The mail that tells custodians that somebody asks to read a contact: to our own people only, with nothing of the
report, the reason or who asked, at most once each.

It is internal, so it asks for no mandate; like the mail of an alarm it leaves once a manager has set the urgent path
(`accounts.rota.set_rule`) and a mail server is named. `sending` is committed right before the dot that ends the mail;
whoever finds a mail there does not send it again: the request stands on the custodian's page all the same.
"""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook import post
from nightlight.intake.models import ContactMail, ContactRequest
from nightlight.work import clock, due
from nightlight.work.due import Record
from nightlight.work.home import is_rehearsal

MAIL = "intake.contact_mail"
AGAIN = timedelta(minutes=10)
State = ContactMail.State

TEXT = "Somebody asks for something that a custodian answers. Please open the desk when you can."
REHEARSAL = "This hotline is a rehearsal. Nothing here is real."


def tell(request: ContactRequest) -> int:
    """Queues a mail to each custodian but whoever asked, in the caller's transaction; returns how many."""
    people = [
        person
        for person in Person.objects.filter(is_active=True).exclude(pk=request.asked_by_id).order_by("email")
        if person.may(Permission.REPORTER_APPROVE)
    ]
    for person in people:
        row = ContactMail.objects.create(request=request, person=person, queued_at=clock.now())
        due.enqueue(MAIL, key=f"{MAIL}:{row.pk}", mail=row.pk)
    return len(people)


def may_leave() -> bool:
    """Whether mails to our own people may leave: a manager set the urgent path, and a server is named."""
    return rota.rule() is not None and settings.NIGHTLIGHT.mail is not None


@due.outward(MAIL)
def send(mail: str) -> Record:
    """Sends one mail, if it may leave now. Raises post.NotNow when the server can't take it yet."""
    row, server = _ready(UUID(mail)), settings.NIGHTLIGHT.mail
    if row is None or server is None:
        return _nothing
    config = settings.NIGHTLIGHT
    letter = post.Letter(config.email_from, row.person.email, build(row).as_bytes(), config.base_host)
    try:
        left = post.deliver(server, letter, lambda: _commit(row))
    except post.Refused:
        return _ending(row, State.REFUSED)
    except post.Unsure:
        return _ending(row, State.IN_DOUBT)
    except post.NotNow:
        ContactMail.objects.filter(pk=row.pk, state=State.SENDING).update(state=State.QUEUED)
        raise
    return _ending(row, State.SENT) if left else _nothing


@due.every(AGAIN, "intake.contact_mail_again")
def send_again() -> None:
    """Queues again what can leave by now."""
    if not may_leave():
        return
    for row in ContactMail.objects.filter(state=State.QUEUED, waits=True):
        ContactMail.objects.filter(pk=row.pk).update(waits=False)
        due.enqueue(MAIL, key=f"{MAIL}:{row.pk}", mail=row.pk)


def build(row: ContactMail) -> EmailMessage:
    """The mail. Its Message-ID is the same at every attempt."""
    config = settings.NIGHTLIGHT
    marks = [REHEARSAL] if is_rehearsal() else []
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{config.name.replace(chr(34), "")}" <{config.email_from}>'
    mail["To"] = row.person.email
    mail["Subject"] = "Something waits for a custodian: open the desk"
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<custodian.{row.pk}@{config.base_host}>"
    mail.set_content(
        "\n\n".join([*marks, TEXT, f"{config.base_url}/desk/contacts/approvals/", config.name, ""])
    )
    return mail


@transaction.atomic
def _ready(mail_id: UUID) -> ContactMail | None:
    """The mail if it may leave; None where it may not, or need not, which is written down."""
    row = (
        ContactMail.objects.select_for_update(of=("self",))
        .select_related("request", "person")
        .get(pk=mail_id)
    )
    if row.state == State.SENDING:
        ContactMail.objects.filter(pk=row.pk).update(state=State.IN_DOUBT)
        return None
    if row.state != State.QUEUED:
        return None
    asked = row.request.state == ContactRequest.State.ASKED
    if not asked or not row.person.is_active or not row.person.may(Permission.REPORTER_APPROVE):
        ContactMail.objects.filter(pk=row.pk).update(state=State.SPARED)
        return None
    waits = not may_leave()
    ContactMail.objects.filter(pk=row.pk).update(waits=waits)
    return None if waits else row


@transaction.atomic
def _commit(row: ContactMail) -> bool:
    """Right before the dot: from here on the mail may have arrived."""
    return ContactMail.objects.filter(pk=row.pk, state=State.QUEUED).update(state=State.SENDING) == 1


def _nothing() -> None:
    """There was nothing to send; `_ready` wrote down why."""


def _ending(row: ContactMail, state: ContactMail.State) -> Callable[[], None]:
    def record() -> None:
        # A refusal before the dot finds the mail still queued.
        changed = ContactMail.objects.filter(pk=row.pk, state__in=(State.QUEUED, State.SENDING)).update(
            state=state, sent_at=clock.now() if state == State.SENT else None
        )
        if changed:
            log.record(MAIL, by="system", about=row, request=row.request_id, state=state)

    return record
