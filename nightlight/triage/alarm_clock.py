"""The clock of an alarm: who is told first, who is told when nobody answers, and the hourly check.

Deadlines use the hotline's clock. What nobody took within the minutes goes to the second person, then to everybody
who may take alarms; from then on the hourly check tells them again until somebody does. Nobody past the limits of care
is told while another can be (`alarm_care.py`).
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from nightlight.accounts import rota
from nightlight.accounts.permissions import Role
from nightlight.audit import log
from nightlight.triage import alarm_mail
from nightlight.triage.alarm_care import Asked, asked
from nightlight.triage.alarm_models import Alarm, AlarmMail
from nightlight.work import clock, due

ESCALATE = "triage.escalate_alarm"
HOUR = timedelta(hours=1)
Step = Alarm.Step


def _first() -> Asked:
    first, second = rota.on_duty(rota.Place.FIRST), rota.on_duty(rota.Place.SECOND)
    return asked(first, second) if first or second else _everyone()


def _second() -> Asked:
    return asked(rota.on_duty(rota.Place.SECOND), rota.everyone())


def _everyone() -> Asked:
    return asked(rota.everyone())


# Who is told at each step, and the step that follows if nobody answers.
TOLD: dict[Step, Callable[[], Asked]] = {
    Step.FIRST: _first,
    Step.SECOND: _second,
    Step.EVERYONE: _everyone,
}
NEXT: dict[Step, Step] = {Step.FIRST: Step.SECOND, Step.SECOND: Step.EVERYONE}


def start(alarm: Alarm) -> None:
    """Tells the first person and winds the clock, in the transaction that raised the alarm."""
    _tell(alarm, TOLD[Step.FIRST](), AlarmMail.Step.FIRST)
    _wind(alarm)


def stop(alarm: Alarm) -> None:
    """Somebody took it: nobody else need be told."""
    due.cancel(_key(alarm))


@due.task(ESCALATE)
def escalate(alarm: str) -> None:
    """The minutes are over: tells the next person, if still nobody has it."""
    row = Alarm.objects.select_for_update().get(pk=UUID(alarm))
    following = NEXT.get(Step(row.step))
    if row.state != Alarm.State.WAITING or following is None:
        return
    row.step = following
    row.answer_by = clock.now() + rota.minutes()
    row.save(update_fields=["step", "answer_by"])
    told = _tell(row, TOLD[following](), AlarmMail.Step(following))
    log.record(ESCALATE, by="system", about=row, step=following, told=told, drill=row.drill)
    if following in NEXT:
        _wind(row)


@due.every(HOUR, "triage.unattended_alarms")
def check() -> int:
    """Finds every open alarm about which nobody did anything for an hour, and says so by mail: to everybody if nobody
    has it, else to whoever has it and the managers. Returns how many there were."""
    now = clock.now()
    late = Alarm.objects.exclude(state=Alarm.State.CLOSED).filter(
        Q(touched_at__lte=now - HOUR), Q(unattended_at=None) | Q(unattended_at__lte=now - HOUR)
    )
    found = 0
    with transaction.atomic():
        for row in late.select_for_update():
            row.unattended_at = now
            row.save(update_fields=["unattended_at"])
            told = _tell(row, _who_must_know(row), AlarmMail.Step.UNATTENDED)
            log.record("triage.unattended_alarm", by="system", about=row, told=told, drill=row.drill)
            found += 1
    return found


def _who_must_know(row: Alarm) -> Asked:
    if row.held_by is None:
        return _everyone()
    return asked([row.held_by, *(person for person in rota.everyone() if person.has_role(Role.MANAGER))])


def _tell(row: Alarm, found: Asked, step: AlarmMail.Step) -> int:
    """Mails it, with words of its own to those who are asked because nobody within the limits of care is left."""
    return alarm_mail.tell(row, found.people, step if found.within else AlarmMail.Step.CARE)


def _wind(alarm: Alarm) -> None:
    # The row of the step that just ran is deleted only after this, so each step has a key of its own.
    due.enqueue(ESCALATE, due=alarm.answer_by, key=_key(alarm), urgent=True, alarm=alarm.pk)


def _key(alarm: Alarm) -> str:
    return f"{ESCALATE}:{alarm.pk}:{alarm.step}"
