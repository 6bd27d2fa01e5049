"""Asking for due work of triage: that a report is sorted, and that a case's page is read."""

from nightlight.casebook.models import Case, Report
from nightlight.triage import alarms
from nightlight.work import due

SORT, READ = "triage.sort", "triage.read"  # the due work; see tasks.py


def ask_sorting(report: Report) -> None:
    """Queues the sorting of a report, once, in the caller's transaction; before all others if it can't wait."""
    urgent = alarms.reason_of(report) is not None
    due.enqueue(SORT, key=f"{SORT}:{report.pk}", urgent=urgent, report_id=report.pk)


def ask_reading(case: Case) -> None:
    """Queues the reading of a case's page, once, in the caller's transaction."""
    if case.location_id is not None:
        due.enqueue(READ, key=f"{READ}:{case.pk}", case_id=case.pk)
