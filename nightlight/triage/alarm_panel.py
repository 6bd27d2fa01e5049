"""What triage shows of a Case's alarms, at the top of its page."""

from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels
from nightlight.casebook.models import Case
from nightlight.casebook.panels import Panel
from nightlight.triage import alarm_sight


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(Panel(name="alarms", order=1, template="triage/alarm_panel.html", context=context))


def context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """The alarms about this case, None where there are none or the reader may not see them. What a look found is
    not named to whoever may look next: that it is about this case would tell them."""
    reader = person(request)
    if not reader.may(Permission.ALARM_READ):
        return None
    known = case.alarms.select_related("held_by", "case").order_by("-raised_at")
    found = [
        alarm for alarm in alarm_sight.for_reader(known, reader) if not (alarm.held_back and alarm.by_desk)
    ]
    return {"alarms": found} if found else None
