"""What intake keeps that may be erased in time: contacts, and what reporters wrote. The report itself stays.

Fingerprints that somebody gave of pictures of themselves end with what they wrote, and leave their list.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import events, own_prints, retention
from nightlight.casebook.models import Allegation, Case, Report
from nightlight.casebook.retention import Kind, emptied
from nightlight.casebook.words import ReportKind, State
from nightlight.intake.contact import OPEN
from nightlight.intake.models import ContactRequest, Question

SINCE = _("the day the report came")


def register() -> None:
    """Called once, when Django starts."""
    stays = _("The report, its kind, source and times, its receipt, and every count.")
    retention.register(
        Kind(
            "contact", _("Reporters' contacts"), SINCE, stays, _not_asked_for, "received_at", _cases, _contact
        )
    )
    retention.register(
        Kind("report_text", _("What reporters wrote"), SINCE, stays, _sorted, "received_at", _cases, _text)
    )
    retention.register(
        Kind(
            "dismissed_report",
            _("Everything reporters wrote in reports that were dismissed"),
            SINCE,
            stays,
            _dismissed,
            "received_at",
            _cases,
            _everything,
        )
    )


def _cases() -> "QuerySet[Case]":
    return Case.objects.filter(Q(location__allegations__report=OuterRef("pk")) | Q(report=OuterRef("pk")))


def _sorted() -> "QuerySet[Any]":
    return Report.objects.filter(sorted_at__isnull=False)


def _not_asked_for() -> "QuerySet[Any]":
    """Nothing is taken from under somebody who may read it today."""
    return _sorted().filter(~Exists(ContactRequest.objects.filter(report=OuterRef("pk"), state__in=OPEN)))


def _dismissed() -> "QuerySet[Any]":
    return _not_asked_for().filter(Exists(_cases()), ~Exists(_cases().exclude(state=State.DISMISSED)))


def _contact(report: Report) -> bool:
    return emptied(report, "contact")


def _text(report: Report) -> bool:
    return emptied(report, "text", "not_understood") | _answers(report) | _own_prints(report)


def _everything(report: Report) -> bool:
    held = emptied(report, "contact", "text", "not_understood", "addresses") | _answers(report)
    held |= _own_prints(report)
    spellings = [emptied(row, "as_reported") for row in Allegation.objects.filter(report=report)]
    return held or any(spellings)


def _answers(report: Report) -> bool:
    """What was asked of the reporter and what they answered goes with what they wrote."""
    held = [emptied(row, "text", "answer") for row in Question.objects.filter(report=report)]
    return any(held)


def _own_prints(report: Report) -> bool:
    if report.kind != ReportKind.OWN_IMAGE or not report.hashes:
        return False
    report.hashes = []
    report.save(update_fields=["hashes"])
    if own_prints.forget(report):
        events.own_image_withdrawn.send(sender=Report, report=report)
    return True
