"""The mail that tells custodians that somebody asks to read a contact: to our own people only, with nothing of the
report, the reason or who asked, at most once each.

It is internal, so it asks for no mandate; like the mail of an alarm it leaves once a manager has set the urgent path
(`accounts.rota.set_rule`) and a mail server is named. `sending` is committed right before the dot that ends the mail;
whoever finds a mail there does not send it again: the request stands on the custodian's page all the same.
"""

from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook import once
from nightlight.intake.models import ContactMail, ContactRequest
from nightlight.work import clock, due
from nightlight.work.due import Record
from nightlight.work.home import is_rehearsal

MAIL = "intake.contact_mail"
AGAIN = timedelta(minutes=10)
State = ContactMail.State

SUBJECT = "Something waits for a custodian: open the desk"
TEXT = "Somebody asks for something that a custodian answers. Please open the desk when you can."


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
    row = _ready(UUID(mail))
    if row is None:
        return once.nothing
    mine = ContactMail.objects.filter(pk=row.pk)
    return once.send(mine, row.person.email, build(row), partial(_log, row))


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
    marks = [once.REHEARSAL] if is_rehearsal() else []
    mail = once.begun(row.person.email, SUBJECT, f"custodian.{row.pk}")
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


def _log(row: ContactMail, state: once.State) -> None:
    log.record(MAIL, by="system", about=row, request=row.request_id, state=state)
