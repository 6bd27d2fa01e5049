"""What intake shows of a Case: what was reported about it. A reporter's contact is never part of it."""

import json
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import panels, retention
from nightlight.casebook.models import Allegation, Case, Report
from nightlight.casebook.panels import Panel
from nightlight.intake.models import Question

SHOWN = 20


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(Panel(name="reports", order=10, template="intake/panel.html", context=context))


def context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """How many reports there are, and the newest SHOWN: kind, source, spelling, text, and what was asked about it."""
    if not person(request).may(Permission.CASE_READ):
        return None
    may_ask = person(request).may(Permission.CASE_ASSESS)
    about = Q(allegations__location=case.location_id) if case.location_id else Q(pk=case.report_id)
    reports = Report.objects.filter(about)
    newest = list(reports.order_by("-pk")[:SHOWN])
    named = (
        Allegation.objects.filter(location=case.location_id, report__in=newest) if case.location_id else ()
    )
    spellings = {allegation.report_id: allegation.as_reported for allegation in named}
    questions: dict[Any, list[Question]] = {}
    for question in Question.objects.filter(report__in=newest).select_related("asked_by").order_by("pk"):
        questions.setdefault(question.report_id, []).append(question)
    emptied = retention.erased(
        ("report_text", "dismissed_report"), [report.pk for report in newest if not report.text]
    )
    return {
        "case": case,
        "count": reports.count(),
        "reports": [
            {
                "report": report,
                "as_reported": spellings.get(report.pk, ""),
                "erased_at": emptied.get(report.pk),
                "not_understood": json.loads(report.not_understood or "[]"),
                "questions": questions.get(report.pk, ()),
                "may_ask": may_ask and report.withdrawn_at is None,
            }
            for report in newest
        ],
    }
