"""Drills of the urgent path: the same alarm as in earnest, marked as a drill everywhere, and judged by its times.

The public door must not open before one has passed (README). It passes if somebody other than who began it took it
before the minutes were over, the call was written down, it was closed, and at least one mail left.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.triage import alarms
from nightlight.triage.alarm_models import Alarm, AlarmMail
from nightlight.work import clock

LATELY = timedelta(days=90)

FAULTS: dict[str, Promise] = {
    "open": _("it is not finished yet"),
    "not_taken": _("nobody took it"),
    "too_late": _("it was taken after the minutes were over"),
    "same_person": _("whoever began it took it"),
    "no_call": _("no call was written down"),
    "no_mail": _("no mail left"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a drill went: seconds from its beginning until it was taken, the call, and its end; None if it never came.
    `faults` are keys of FAULTS; without one it has passed."""

    taken_after: int | None
    called_after: int | None
    closed_after: int | None
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the urgent path works as far as this drill shows."""
        return not self.faults


@transaction.atomic
def begin(by: Person) -> Alarm:
    """Begins a drill. Raises alarms.NotAllowed, or alarms.NotNow while another runs."""
    if not by.may(Permission.ROTA_SET):
        raise alarms.NotAllowed(f"this needs the permission {Permission.ROTA_SET}")
    if Alarm.objects.filter(drill=True).exclude(state=Alarm.State.CLOSED).exists():
        raise alarms.NotNow("a drill is going on already")
    return alarms.begin(Alarm.Reason.DANGER_NOW, drill_by=by)


def verdict(drill: Alarm) -> Verdict:
    """How this drill went."""
    call = min(drill.calls.all(), key=lambda call: call.at, default=None)
    mails = [mail.state for mail in drill.mails.all()]
    faults = {
        "open": drill.state != Alarm.State.CLOSED,
        "not_taken": drill.answered_at is None,
        "too_late": drill.answered_at is not None and drill.step != Alarm.Step.FIRST,
        "same_person": drill.held_by_id is not None and drill.held_by_id == drill.begun_by_id,
        "no_call": call is None,
        "no_mail": AlarmMail.State.SENT not in mails,
    }
    return Verdict(
        taken_after=_after(drill, drill.answered_at),
        called_after=_after(drill, call.at if call else None),
        closed_after=_after(drill, drill.closed_at),
        faults=tuple(name for name, wrong in faults.items() if wrong),
    )


def all_drills() -> QuerySet[Alarm]:
    """Every drill with what its verdict needs."""
    known = Alarm.objects.filter(drill=True).select_related("held_by", "begun_by")
    return known.prefetch_related("calls", "mails")


def last_passed() -> Alarm | None:
    """The newest drill that passed within the last LATELY, None if there is none."""
    recent = all_drills().filter(raised_at__gte=clock.now() - LATELY).order_by("-raised_at")
    return next((drill for drill in recent if verdict(drill).passed), None)


def _after(drill: Alarm, moment: datetime | None) -> int | None:
    return None if moment is None else round((moment - drill.raised_at).total_seconds())
