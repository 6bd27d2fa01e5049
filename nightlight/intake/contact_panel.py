"""On the case page, for those who may ever read a contact: the way to ask for it, one link a report."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels
from nightlight.casebook.models import Case, Report
from nightlight.casebook.panels import Panel

SHOWN = 20


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(Panel(name="contact", order=12, template="intake/contact_panel.html", context=context))


def context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """The newest SHOWN reports; None for who may not read contacts."""
    if not person(request).may(Permission.REPORTER_READ):
        return None
    about = Q(allegations__location=case.location_id) if case.location_id else Q(pk=case.report_id)
    return {
        "reports": list(
            Report.objects.filter(about).only("pk", "received_at", "kind").order_by("-pk")[:SHOWN]
        )
    }
