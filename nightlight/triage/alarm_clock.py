"""The clock of an alarm: who is told first, who is told when nobody answers, and the hourly check.

Deadlines use the hotline's clock. What nobody took within the minutes goes to the second person, then to everybody
who may take alarms; from then on the hourly check tells them again until somebody does. Somebody who had enough of the
material today is told only where nobody else on duty is left.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from nightlight.accounts import rota, strain
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.audit import log
from nightlight.triage import alarm_mail
from nightlight.triage.alarm_models import Alarm, AlarmMail
from nightlight.work import clock, due

ESCALATE = "triage.escalate_alarm"
HOUR = timedelta(hours=1)
Step = Alarm.Step


def _first() -> list[Person]:
    on_duty = _asked(rota.on_duty(rota.Place.FIRST), rota.on_duty(rota.Place.SECOND))
    return on_duty or _asked(rota.everyone(), [])


def _second() -> list[Person]:
    return _asked(rota.on_duty(rota.Place.SECOND), rota.everyone())


def _asked(these: list[Person], others: list[Person]) -> list[Person]:
    """Those of `these` who had not enough of the material today, else those of the others; where all had enough, a
    child still comes first and the duty stands as it is."""
    return strain.rested(these) or strain.rested(others) or these or others


# Who is told at each step, and the step that follows if nobody answers.
TOLD: dict[Step, Callable[[], list[Person]]] = {
    Step.FIRST: _first,
    Step.SECOND: _second,
    Step.EVERYONE: rota.everyone,
}
NEXT: dict[Step, Step] = {Step.FIRST: Step.SECOND, Step.SECOND: Step.EVERYONE}


def start(alarm: Alarm) -> None:
    """Tells the first person and winds the clock, in the transaction that raised the alarm."""
    alarm_mail.tell(alarm, TOLD[Step.FIRST](), AlarmMail.Step.FIRST)
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
    told = alarm_mail.tell(row, TOLD[following](), AlarmMail.Step(following))
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
            told = alarm_mail.tell(row, _who_must_know(row), AlarmMail.Step.UNATTENDED)
            log.record("triage.unattended_alarm", by="system", about=row, told=told, drill=row.drill)
            found += 1
    return found


def _who_must_know(row: Alarm) -> list[Person]:
    if row.held_by is None:
        return rota.everyone()
    return [row.held_by, *(person for person in rota.everyone() if person.has_role(Role.MANAGER))]


def _wind(alarm: Alarm) -> None:
    # The row of the step that just ran is deleted only after this, so each step has a key of its own.
    due.enqueue(ESCALATE, due=alarm.answer_by, key=_key(alarm), alarm=alarm.pk)


def _key(alarm: Alarm) -> str:
    return f"{ESCALATE}:{alarm.pk}:{alarm.step}"
