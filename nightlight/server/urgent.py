"""What `doctor` looks at on the urgent path: the police number, the hours of the rota, alarms, and the last drill."""

from collections.abc import Iterator

from nightlight.accounts import rota
from nightlight.accounts.rota import Duty
from nightlight.server.findings import Finding, missing, ok, warn
from nightlight.triage import drills
from nightlight.triage.alarm_clock import HOUR
from nightlight.triage.alarm_models import Alarm
from nightlight.work import clock
from nightlight.work.home import is_rehearsal


def path() -> Iterator[Finding]:
    """Whether somebody is there when a report says that a child is in danger now."""
    lacking = warn if is_rehearsal() else missing
    setting = rota.rule()
    if setting is None:
        yield lacking(
            "urgent.path",
            "not set: no alarm is mailed, and none shows the number of the police",
            "a manager sets it at /desk/rota/",
        )
    else:
        yield ok("urgent.path", f"set; the second person is told after {setting.minutes} minutes")
    yield _hours()
    yield from _open()
    drill = drills.last_passed()
    if drill is None:
        yield lacking(
            "urgent.drill",
            f"none has passed in the last {drills.LATELY.days} days: the public door must not open",
            "a manager begins one at /desk/alarms/, and whoever is on duty takes it",
        )
    else:
        yield ok("urgent.drill", f"one passed on {drill.raised_at.date().isoformat()}")


def _hours() -> Finding:
    """Nobody on the rota is for a hotline to weigh: the public form then says so."""
    duty = rota.hours().duty
    if duty is Duty.NONE:
        return warn(
            "urgent.rota",
            "nobody is on it: everybody is told of an alarm, and the public form promises no hours",
            "a manager writes it at /desk/rota/",
        )
    return ok(
        "urgent.rota", "at any hour" if duty is Duty.ALWAYS else "at some hours; the public form says which"
    )


def _open() -> Iterator[Finding]:
    late = Alarm.objects.exclude(state=Alarm.State.CLOSED).filter(touched_at__lte=clock.now() - HOUR)
    if count := late.count():
        yield warn("urgent.alarms", f"{count} open alarms without an act for an hour", "see /desk/alarms/")
    else:
        yield ok("urgent.alarms", "none is unattended")
