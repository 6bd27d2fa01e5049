"""What can be done with an alarm: it is raised, taken, offered to a colleague, the police are called, it is closed.

While an alarm about a case is open, nothing raises a second one: another urgent report is counted on the first, and
can only make it more urgent. An alarm closes once a call to the police is recorded; without one only by a senior or
a manager, with the reason written down.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook import blind
from nightlight.casebook.models import Case, Report
from nightlight.casebook.words import ReportKind
from nightlight.triage import alarm_care, alarm_clock, alarm_mail, alarm_sight, rank
from nightlight.triage.alarm_models import Alarm, AlarmMail, PoliceCall
from nightlight.work import clock

Reason, State, Ending = Alarm.Reason, Alarm.State, Alarm.Ending
PERSON_NAMED, LIVE_FOUND = "triage.person_named", "triage.live_found"  # the due work; see listen.py
URGENCY = {reason: place for place, reason in enumerate(Reason)}  # the lower the sooner

# What the kind of a report alone says, beside a child in danger now and what is live by its channel.
KINDS: dict[str, Alarm.Reason] = {
    ReportKind.LIVE_STREAM: Reason.LIVE_STREAM,
    ReportKind.GROOMING: Reason.CONTACT,
    ReportKind.SEXUAL_EXTORTION: Reason.CONTACT,
    ReportKind.OWN_IMAGE: Reason.PERSON,
}


class NotAllowed(Exception):
    """This person's roles don't carry the act."""


class NotNow(Exception):
    """The alarm is not where this act needs it; the message says why."""


class Incomplete(ValueError):
    """Something must be written down first; `field` names it."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def reason_of(report: Report) -> Alarm.Reason | None:
    """Why a report can't wait for its turn; None if it can."""
    if report.happening_now:
        return Reason.DANGER_NOW
    return Reason.LIVE_STREAM if rank.is_live(report) else KINDS.get(report.kind)


def raise_for(report: Report, cases: Sequence[Case], beside: Case | None = None) -> Alarm | None:
    """Raises the alarm an urgent report asks for, in the transaction that sorts it; one for all its cases. `beside` is
    the first case of the flood it came in: a flood is one alarm, and one mail, however many say that it is urgent."""
    reason = reason_of(report)
    return raise_alarm(cases, reason, report, beside) if reason and cases else None


def raise_alarm(
    cases: Sequence[Case], reason: Alarm.Reason, report: Report | None = None, beside: Case | None = None
) -> Alarm:
    """Raises an alarm about these cases, or counts it on the one that is open about any of them. Where they came in a
    flood it is about the case `beside`, so that the next finds it. Without a report it is what somebody found at the
    desk. In the caller's transaction."""
    about = [case.pk for case in (*cases, *([beside] if beside else []))]
    same = Alarm.objects.exclude(state=State.CLOSED).filter(case__in=about)
    found = same.select_for_update().order_by("pk").first()
    if found is not None:
        return _again(found, reason) if report else _found(found, reason)
    return begin(reason, case=beside or cases[0], report=report, cases=len(cases))


def begin(
    reason: Alarm.Reason,
    *,
    case: Case | None = None,
    report: Report | None = None,
    cases: int = 1,
    drill_by: Person | None = None,
) -> Alarm:
    """Writes an alarm down, tells the first person and winds its clock. In the caller's transaction."""
    now = clock.now()
    alarm = Alarm.objects.create(
        case=case,
        report=report,
        cases=cases,
        reason=reason,
        drill=drill_by is not None,
        by_desk=report is None and drill_by is None,
        begun_by=drill_by,
        raised_at=now,
        touched_at=now,
        answer_by=now + rota.minutes(),
    )
    log.record(
        "triage.raise_alarm",
        by=drill_by or "system",
        about=alarm,
        case=case.pk if case else None,
        reason=reason,
        drill=alarm.drill,
    )
    alarm_clock.start(alarm)
    return alarm


@transaction.atomic
def take(alarm_id: UUID, by: Person) -> Alarm:
    """Takes an alarm that nobody has, that is offered to this person, or that nobody attends to. Whoever may still look
    at its case is told what was found, and looks no more. Taken again by whoever has it, nothing changes.
    Raises NotNow, NotAllowed, Alarm.DoesNotExist."""
    _need(by, Permission.ALARM_TAKE)
    alarm = _open(alarm_id)
    if alarm.held_by_id == by.pk:
        return alarm
    free = alarm.state == State.WAITING or alarm.offered_to_id == by.pk or alarm.unattended_at is not None
    if not free and alarm.held_by:
        raise NotNow(f"{alarm.held_by.name or alarm.held_by.email} has this alarm")
    before, now = alarm.held_by_id, clock.now()
    if alarm.case and alarm_sight.is_held_back(alarm, by):
        blind.tell(by, alarm.case)
    alarm_clock.stop(alarm)
    alarm.state, alarm.held_by, alarm.offered_to, alarm.unattended_at = State.TAKEN, by, None, None
    alarm.answered_at, alarm.touched_at = alarm.answered_at or now, now
    alarm.save()
    log.record(
        "triage.take_alarm", by=by, about=alarm, drill=alarm.drill, after=before, waited=_seconds(alarm, now)
    )
    return alarm


@transaction.atomic
def offer(alarm_id: UUID, by: Person, to: Person) -> Alarm:
    """Asks a colleague to take an alarm over; until they do, it stays where it is. Raises NotNow, NotAllowed,
    Incomplete (they can't take it, or the limits of care keep them from it now), Alarm.DoesNotExist."""
    alarm = _mine(alarm_id, by)
    if not to.may(Permission.ALARM_TAKE) or to.pk == by.pk:
        raise Incomplete("this person can't take it over", "to")
    if to not in alarm_care.may_take_over(by).people:
        raise Incomplete("this person can't be asked now: please ask another", "to")
    alarm.offered_to, alarm.touched_at = to, clock.now()
    alarm.save(update_fields=["offered_to", "touched_at"])
    alarm_mail.tell(alarm, [to], AlarmMail.Step.OFFERED)
    log.record("triage.offer_alarm", by=by, about=alarm, to=to.pk, drill=alarm.drill)
    return alarm


@transaction.atomic
def record_call(
    alarm_id: UUID, by: Person, called_at: datetime, incident_number: str, answered_by: str
) -> PoliceCall:
    """Records a call to the police. Raises Incomplete for a missing number or name or a time still to come, NotNow,
    NotAllowed, Alarm.DoesNotExist."""
    alarm, now = _mine(alarm_id, by), clock.now()
    for field, text in (("incident_number", incident_number), ("answered_by", answered_by)):
        if not text.strip():
            raise Incomplete("please write this down: without it the call can't be found again", field)
    if called_at > now:
        raise Incomplete("this time is still to come", "called_at")
    call = PoliceCall.objects.create(
        alarm=alarm,
        called_at=called_at,
        incident_number=incident_number.strip(),
        answered_by=answered_by.strip(),
        by=by,
        at=now,
    )
    alarm.touched_at = now
    alarm.save(update_fields=["touched_at"])
    log.record("triage.record_call", by=by, about=call, alarm=alarm.pk, drill=alarm.drill)
    return call


@transaction.atomic
def close(alarm_id: UUID, by: Person) -> Alarm:
    """Closes an alarm whose call to the police is recorded. Raises NotNow, NotAllowed, Alarm.DoesNotExist."""
    alarm = _mine(alarm_id, by)
    if not alarm.calls.exists():
        raise NotNow("first record the call to the police")
    return _close(alarm, by, Ending.POLICE_TOLD)


@transaction.atomic
def close_without_call(alarm_id: UUID, by: Person, why: str) -> Alarm:
    """Closes an alarm without a call, as the recorded decision of a senior or a manager. Raises Incomplete without a
    reason, NotNow, NotAllowed, Alarm.DoesNotExist."""
    _need(by, Permission.ALARM_SPARE)
    alarm = _open(alarm_id)
    if not why.strip():
        raise Incomplete("please write down why the police need not be told", "why")
    alarm.why = why.strip()
    return _close(alarm, by, Ending.NO_CALL)


def urgency(alarm: Alarm) -> int:
    """How soon, by what was reported and by what was found; what is held back from the reader counts as a finding of
    the least urgent kind."""
    reasons = {alarm.reason, alarm.found} - {""}
    if alarm.held_back:
        reasons = {Reason.PERSON} if alarm.by_desk else {alarm.reason}
    return min(URGENCY[Reason(reason)] for reason in reasons)


def _again(alarm: Alarm, reason: Alarm.Reason) -> Alarm:
    """One more urgent report. What the desk alone had found stands beside it from now on."""
    alarm.again += 1
    if alarm.by_desk:
        alarm.by_desk, alarm.found, alarm.reason = False, alarm.reason, reason
    alarm.reason = _worse(reason, alarm.reason)
    alarm.save(update_fields=["again", "reason", "found", "by_desk"])
    return _said_again(alarm, reason)


def _found(alarm: Alarm, reason: Alarm.Reason) -> Alarm:
    """One more finding at the desk. Whoever has the alarm is told of it."""
    if alarm.by_desk:
        alarm.reason = _worse(reason, alarm.reason)
    else:
        alarm.found = _worse(reason, alarm.found)
    alarm.save(update_fields=["reason", "found"])
    if alarm.held_by and alarm.case:
        blind.tell(alarm.held_by, alarm.case)
    return _said_again(alarm, reason)


def _worse(reason: Alarm.Reason, other: str) -> Alarm.Reason:
    return min((Reason(each) for each in (reason, other) if each), key=URGENCY.__getitem__)


def _said_again(alarm: Alarm, reason: Alarm.Reason) -> Alarm:
    log.record("triage.raise_alarm_again", by="system", about=alarm, reason=reason, drill=alarm.drill)
    return alarm


def _close(alarm: Alarm, by: Person, ending: Alarm.Ending) -> Alarm:
    now = clock.now()
    alarm_clock.stop(alarm)
    alarm.state, alarm.ending, alarm.closed_at, alarm.closed_by = State.CLOSED, ending, now, by
    alarm.touched_at, alarm.offered_to = now, None
    alarm.save()
    log.record(
        "triage.close_alarm", by=by, about=alarm, ending=ending, drill=alarm.drill, after=_seconds(alarm, now)
    )
    return alarm


def _open(alarm_id: UUID) -> Alarm:
    """The alarm, locked. Raises NotNow if it is closed."""
    alarm = Alarm.objects.select_for_update().get(pk=alarm_id)
    if alarm.state == State.CLOSED:
        raise NotNow("this alarm is closed")
    return alarm


def _mine(alarm_id: UUID, by: Person) -> Alarm:
    _need(by, Permission.ALARM_TAKE)
    alarm = _open(alarm_id)
    if alarm.held_by_id != by.pk:
        raise NotNow("take the alarm first")
    return alarm


def _need(by: Person, permission: Permission) -> None:
    if not by.may(permission):
        raise NotAllowed(f"this needs the permission {permission}")


def _seconds(alarm: Alarm, now: datetime) -> int:
    return round((now - alarm.raised_at).total_seconds())
