"""Many alarms within the hour are told in one mail, so that the one mail that matters is not buried in a flood of them.

The first FEW of one kind that somebody is told of within an hour leave at once. The next waits GATHER and takes along
what comes meanwhile: one mail that says how many alarms wait, and where. So nobody is told of an alarm later than
GATHER, whoever sends however many. Each alarm stands on the desk by itself all the same. A drill, and the request of a
colleague to take one over, always leave at once.
"""

from datetime import datetime, timedelta

from nightlight.triage.alarm_models import AlarmMail

FEW = 5
HOUR = timedelta(hours=1)
GATHER = timedelta(minutes=3)
State, Step = AlarmMail.State, AlarmMail.Step


def leaves(row: AlarmMail, now: datetime) -> datetime | None:
    """When a mail that was just written down leaves; None where another takes it along. In the caller's transaction."""
    if row.alarm.drill or row.step == Step.OFFERED:
        return now
    alike = AlarmMail.objects.filter(
        person=row.person, alarm__reason=row.alarm.reason, alarm__drill=False
    ).exclude(pk=row.pk)
    first = alike.select_for_update(of=("self",)).filter(gathering=True, state=State.QUEUED).first()
    if first is not None:
        row.carrier = first
        row.save(update_fields=["carrier"])
        return None
    by_itself = alike.filter(queued_at__gt=now - HOUR, carrier=None).exclude(step=Step.OFFERED)
    if by_itself.count() < FEW:
        return now
    row.gathering = True
    row.save(update_fields=["gathering"])
    return now + GATHER


def along(row: AlarmMail) -> list[AlarmMail]:
    """What a mail takes along and was not told yet."""
    return list(row.gathered.filter(state=State.QUEUED).select_related("alarm", "person"))
