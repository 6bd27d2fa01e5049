"""Police holds: while one is active nothing is sent, checked or listed for its Case."""

from datetime import datetime

from django.db.models import Max

from nightlight.casebook.models import Case, Hold
from nightlight.work import clock


def active_until(case: Case) -> datetime | None:
    """When the longest active hold on a Case ends, or None. Every act of every stage asks this first."""
    found: datetime | None = Hold.objects.filter(case=case, lifted_at=None, until__gt=clock.now()).aggregate(
        last=Max("until")
    )["last"]
    return found
