"""The mail that an alarm waits: to our own people only, with nothing of the report, at most once each.

It is internal, so it asks for no mandate: a manager opens it by setting the urgent path (`accounts.rota.set_rule`).
`sending` is committed right before the dot that ends the mail; whoever finds a mail there does not send it again,
because the next step of the alarm tells somebody else anyway.
"""

from collections.abc import Iterable
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook import once
from nightlight.triage import alarm_digest
from nightlight.triage.alarm_models import Alarm, AlarmMail
from nightlight.work import clock, due
from nightlight.work.due import Record
from nightlight.work.home import is_rehearsal

MAIL = "triage.alarm_mail"
AGAIN = timedelta(minutes=10)
Step, State = AlarmMail.Step, AlarmMail.State

WHY_NOT: dict[str, Promise] = {
    "not_set": _("No manager has set the urgent path yet"),
    "no_mail_server": _("No mail server is set (NIGHTLIGHT_EMAIL_URL)"),
}
TEXT: dict[str, str] = {
    Step.FIRST: "An alarm waits for you: you are on duty. Please open the desk now.",
    Step.SECOND: "An alarm waits, and the first person has not answered. Please open the desk now.",
    Step.EVERYONE: "An alarm waits, and nobody has answered. Please open the desk now if you can.",
    Step.CARE: "An alarm waits, and nobody within the limits of care is left to take it. Please open the desk now and"
    " see to it, or ask somebody who can.",
    Step.OFFERED: "A colleague asks you to take over an alarm. Please open the desk now.",
    Step.UNATTENDED: "The hourly check found an alarm that nobody attends to. Please open the desk now.",
}
MANY = "Alarms that wait beside those of which you were told one by one: %d. Please open the desk now."
DRILL = "This is a drill. No child is in danger. Please act as if one were; the times are recorded."


def tell(alarm: Alarm, people: Iterable[Person], step: AlarmMail.Step) -> int:
    """Queues a mail to each of these people, or has one that waits take it along (`alarm_digest.py`), in the caller's
    transaction; returns how many people are told."""
    last = AlarmMail.objects.filter(alarm=alarm, step=step).aggregate(last=Max("round"))["last"]
    number = 0 if last is None else last + 1
    told, now = {person.pk: person for person in people}, clock.now()
    for person in told.values():
        row = AlarmMail.objects.create(alarm=alarm, person=person, step=step, round=number, queued_at=now)
        if leaves := alarm_digest.leaves(row, now):
            due.enqueue(MAIL, due=leaves, key=f"{MAIL}:{row.pk}", urgent=True, mail=row.pk)
    return len(told)


@due.outward(MAIL)
def send(mail: str) -> Record:
    """Sends one mail, if it may leave now. Raises post.NotNow when the server can't take it yet."""
    row = _ready(UUID(mail))
    if row is None:
        return once.nothing
    mine = AlarmMail.objects.filter(pk=row.pk)
    return once.send(mine, row.person.email, build(row), partial(_ended, row))


@due.every(AGAIN, "triage.alarm_mail_again")
def send_again() -> None:
    """Queues again what could leave by now: the urgent path is set, or a mail server."""
    for row in AlarmMail.objects.filter(state=State.QUEUED).exclude(why_not=""):
        if _why_not() == "":
            AlarmMail.objects.filter(pk=row.pk).update(why_not="")
            due.enqueue(MAIL, key=f"{MAIL}:{row.pk}", urgent=True, mail=row.pk)


def build(row: AlarmMail) -> EmailMessage:
    """The mail. Its Message-ID is the same at every attempt."""
    config, alarm = settings.NIGHTLIGHT, row.alarm
    marks = [DRILL] if alarm.drill else []
    marks += [once.REHEARSAL] if is_rehearsal() else []
    others = len(alarm_digest.along(row))
    link = f"{config.base_url}/desk/alarms/" + (f"{alarm.pk}/" if not others else "")
    text = MANY % (others + int(_still_needed(row))) if others else TEXT[row.step]
    what = "Alarms wait" if others else "An alarm waits"
    subject = f"{'DRILL: ' if alarm.drill else ''}{what}: open the desk"
    mail = once.begun(row.person.email, subject, f"alarm.{row.pk}")
    mail["Importance"] = "high"
    mail["X-Alarm-Kind"] = "drill" if alarm.drill else "alarm"
    mail.set_content("\n\n".join([*marks, text, link, config.name, ""]))
    return mail


@transaction.atomic
def _ready(mail_id: UUID) -> AlarmMail | None:
    """The mail if it may leave; None where it may not, or need not, with the reason written down."""
    row = AlarmMail.objects.select_for_update().get(pk=mail_id)
    if row.state == State.SENDING:
        open_still = Q(pk=row.pk) | Q(carrier=row, state=State.QUEUED)
        AlarmMail.objects.filter(open_still).update(state=State.IN_DOUBT)
        return None
    if row.state != State.QUEUED:
        return None
    over = [each.pk for each in alarm_digest.along(row) if not _still_needed(each)]
    AlarmMail.objects.filter(pk__in=over).update(state=State.SPARED)
    if not _still_needed(row) and not alarm_digest.along(row):
        AlarmMail.objects.filter(pk=row.pk).update(state=State.SPARED)
        return None
    reason = _why_not()
    # From here on it takes no more along; unless it can't leave yet, then it does until it can.
    AlarmMail.objects.filter(pk=row.pk).update(why_not=reason, gathering=row.gathering and bool(reason))
    return None if reason else row


def _still_needed(row: AlarmMail) -> bool:
    alarm = row.alarm
    if not row.person.is_active or alarm.state == Alarm.State.CLOSED:
        return False
    if row.step == Step.OFFERED:
        return alarm.offered_to_id == row.person_id
    if row.step == Step.CARE and alarm.unattended_at is not None:
        return True
    return row.step == Step.UNATTENDED or alarm.state == Alarm.State.WAITING


def _why_not() -> str:
    """The first reason, a key of WHY_NOT, or an empty word if mails may leave."""
    if rota.rule() is None:
        return "not_set"
    return "" if settings.NIGHTLIGHT.mail else "no_mail_server"


def _ended(row: AlarmMail, state: once.State) -> None:
    """What it took along shares its end."""
    along = row.gathered.filter(state=State.QUEUED)
    told = along.update(state=state, sent_at=clock.now() if state == once.State.SENT else None)
    log.record(
        MAIL,
        by="system",
        about=row,
        alarm=row.alarm_id,
        step=row.step,
        state=state,
        drill=row.alarm.drill,
        alarms=1 + told,
    )
