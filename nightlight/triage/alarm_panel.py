"""What triage shows of a Case's alarms, at the top of its page."""

from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels
from nightlight.casebook.models import Case
from nightlight.casebook.panels import Panel


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(Panel(name="alarms", order=1, template="triage/alarm_panel.html", context=context))


def context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """The alarms about this case, None where there are none or the reader may not see them."""
    if not person(request).may(Permission.ALARM_READ):
        return None
    found = list(case.alarms.select_related("held_by").order_by("-raised_at"))
    return {"alarms": found} if found else None
