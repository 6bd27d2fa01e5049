"""What a Case shows of appeals about it."""

from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.assess import appeal
from nightlight.assess.appeal_models import Appeal
from nightlight.casebook import panels
from nightlight.casebook.models import Case

# Imported for the work it declares.
DECLARES = (appeal,)


def _context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    appeals = list(Appeal.objects.filter(case=case).order_by("pk"))
    if not appeals:
        return None
    return {"appeals": appeals, "may_decide": person(request).may(Permission.APPEAL_DECIDE)}


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("appeals", 80, "assess/appeal_panel.html", _context))
