"""What triage does when other stages announce something, and when a case was opened: it queues the work."""

from datetime import timedelta
from typing import Any

from nightlight.casebook import events
from nightlight.casebook.models import Case, Report
from nightlight.triage import alarms, shapes, verbs
from nightlight.triage import tasks as tasks  # declares the due work
from nightlight.triage.asked import ask_sorting
from nightlight.work import due

due.every(timedelta(hours=1), "triage.forget_shapes")(shapes.forget)


def connect() -> None:
    """Connects the listeners; called once, when Django starts."""
    events.report_received.connect(report_received, dispatch_uid="triage.report_received")
    events.case_opened.connect(case_opened, dispatch_uid="triage.case_opened")
    events.person_named.connect(person_named, dispatch_uid="triage.person_named")
    events.live_found.connect(live_found, dispatch_uid="triage.live_found")


def report_received(report: Report, **_: Any) -> None:
    """A new report is sorted."""
    ask_sorting(report)


def case_opened(case: Case, **_: Any) -> None:
    """The page of a new case is read, if it has one."""
    verbs.ask_reading(case)


def person_named(case: Case, **_: Any) -> None:
    """A child or a suspected account was tied to a case: somebody must see to it now."""
    due.enqueue(alarms.PERSON_NAMED, urgent=True, case_id=case.pk)


def live_found(case: Case, **_: Any) -> None:
    """An analyst recorded that it is live: somebody must see to it now."""
    due.enqueue(alarms.LIVE_FOUND, urgent=True, case_id=case.pk)
