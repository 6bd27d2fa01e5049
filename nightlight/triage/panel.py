"""What triage shows of a Case: why it stands where it stands, and what reading its page gave."""

from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import blind, panels
from nightlight.casebook.models import Case
from nightlight.casebook.panels import Panel
from nightlight.triage.models import Reading
from nightlight.triage.rank import WHY, Reason, reason


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(Panel(name="triage", order=20, template="triage/panel.html", context=context))


def context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """Why this priority, and the latest reading, None if there was none yet. That somebody was named is not told to
    whoever may look next."""
    reader = person(request)
    if not reader.may(Permission.CASE_READ):
        return None
    because = reason(case.priority)
    return {
        "why": "" if because == Reason.PERSON_NAMED and blind.is_blind(reader, case) else WHY[because],
        "reading": Reading.objects.filter(case=case).order_by("-pk").first(),
        "case_id": case.pk,
        "has_page": case.location_id is not None,
        "may_read_again": reader.may(Permission.CASE_ASSESS),
    }
