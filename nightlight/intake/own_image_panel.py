"""What somebody answered at the door "It is about me", on the page of the case."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels
from nightlight.casebook.models import Case, OwnPrint
from nightlight.casebook.panels import Panel
from nightlight.casebook.words import ReportKind
from nightlight.intake.own_image_models import Happened, OwnImageAnswers

SHOWN = 20


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(Panel(name="own_image", order=11, template="intake/own_panel.html", context=context))


def context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """The answers of the newest SHOWN reports of its kind, and how many fingerprints came and stay off the list."""
    if case.kind != ReportKind.OWN_IMAGE or not person(request).may(Permission.CASE_READ):
        return None
    about = (
        Q(report__allegations__location=case.location_id) if case.location_id else Q(report=case.report_id)
    )
    answers = list(OwnImageAnswers.objects.filter(about).distinct().order_by("-pk")[:SHOWN])
    prints = OwnPrint.objects.filter(about).values("kept_off").annotate(n=Count("pk", distinct=True))
    counts = {row["kept_off"]: row["n"] for row in prints}
    if not answers and not counts:
        return None
    told = [(each, [Happened(word).label for word in each.happened]) for each in answers]
    return {"answers": told, "offered": counts.pop("", 0), "kept_off": sum(counts.values())}
