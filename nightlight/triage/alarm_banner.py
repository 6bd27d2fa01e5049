"""What every page of the desk says of alarms: those that wait, those offered to the reader, those they have."""

from typing import Any

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.triage import alarm_sight
from nightlight.triage.alarm_models import Alarm
from nightlight.triage.alarms import urgency
from nightlight.work import clock

SHOWN = 3


def banner(reader: Person) -> dict[str, Any]:
    """For the template: the alarms that concern this person, the most urgent first, and how many more wait. One
    question to the database, and some more for what was found at the desk; none for whoever may not see alarms."""
    if not reader.may(Permission.ALARM_READ):
        return {"may_see_alarms": False}
    known = Alarm.objects.exclude(state=Alarm.State.CLOSED).select_related("held_by", "case")
    open_ = known.order_by("raised_at")
    mine = alarm_sight.for_reader((alarm for alarm in open_ if _concerns(alarm, reader)), reader)
    mine.sort(key=lambda alarm: (alarm.held_by_id is not None, urgency(alarm)))
    return {
        "may_see_alarms": True,
        "alarms": mine[:SHOWN],
        "more_alarms": max(len(mine) - SHOWN, 0),
        "reader": reader,
        "alarm_clock": clock.now() if mine else None,
    }


def _concerns(alarm: Alarm, reader: Person) -> bool:
    unattended = alarm.held_by_id is None or alarm.unattended_at is not None
    return unattended or reader.pk in (alarm.held_by_id, alarm.offered_to_id)
