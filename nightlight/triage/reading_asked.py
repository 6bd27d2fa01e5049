"""Asking for the reading of a case's page."""

from nightlight.casebook.models import Case
from nightlight.work import due

READ = "triage.read"  # the due work; see tasks.py


def ask_reading(case: Case) -> None:
    """Queues the reading of a case's page, once, in the caller's transaction."""
    if case.location_id is not None:
        due.enqueue(READ, key=f"{READ}:{case.pk}", case_id=case.pk)
