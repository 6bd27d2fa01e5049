"""How long things take here, from our own clocks: what a reporter is told instead of a promise.

The median of the last WEEKS weeks is counted once an hour; below ENOUGH cases nothing is said but that we don't know.
"""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nightlight.casebook.models import Assessment, Case
from nightlight.intake.models import Pace
from nightlight.work import clock

WEEKS = 4
ENOUGH = 20
MOST = 5000  # of the newest; a median needs no more
HOUR, DAY = 3600, 86400
UNTIL_DAYS = 48 * HOUR  # shorter spans are told in hours

S = Pace.Span


@transaction.atomic
def count() -> int:
    """Counts every span anew; returns how many can be told."""
    since = clock.now() - timedelta(weeks=WEEKS)
    for span, pairs in ((S.DECISION, _decisions(since)), (S.REMOVAL, _removals(since))):
        spans = [(end - start).total_seconds() for start, end in pairs if start and end and end >= start]
        if len(spans) < ENOUGH:
            Pace.objects.filter(pk=span).delete()
            continue
        told = {"seconds": round(median(spans)), "cases": len(spans), "at": clock.now()}
        Pace.objects.update_or_create(span=span, defaults=told)
    return Pace.objects.count()


def told() -> dict[str, str]:
    """A sentence for each span, by its name."""
    known = dict(Pace.objects.values_list("span", "seconds"))
    return {
        S.DECISION.value: _decision(known.get(S.DECISION.value)),
        S.REMOVAL.value: _removal(known.get(S.REMOVAL.value)),
    }


def _decision(seconds: int | None) -> str:
    if seconds is None:
        return _("We do not know yet how long a decision takes here. We will say so as soon as we do.")
    n, in_hours = _rounded(seconds)
    if in_hours:
        return ngettext(
            "In the last four weeks, half of all reports were decided within one hour.",
            "In the last four weeks, half of all reports were decided within %(n)s hours.",
            n,
        ) % {"n": n}
    return ngettext(
        "In the last four weeks, half of all reports were decided within one day.",
        "In the last four weeks, half of all reports were decided within %(n)s days.",
        n,
    ) % {"n": n}


def _removal(seconds: int | None) -> str:
    if seconds is None:
        return _("We do not know yet how long a removal takes. We will say so as soon as we do.")
    n, in_hours = _rounded(seconds)
    if in_hours:
        return ngettext(
            "In the last four weeks, half of what we had removed was gone within one hour of our decision.",
            "In the last four weeks, half of what we had removed was gone within %(n)s hours of our decision.",
            n,
        ) % {"n": n}
    return ngettext(
        "In the last four weeks, half of what we had removed was gone within one day of our decision.",
        "In the last four weeks, half of what we had removed was gone within %(n)s days of our decision.",
        n,
    ) % {"n": n}


def _rounded(seconds: int) -> tuple[int, bool]:
    """Whole hours or days, rounded up so that nobody is promised more than was kept; True for hours."""
    if seconds <= UNTIL_DAYS:
        return max(1, math.ceil(seconds / HOUR)), True
    return math.ceil(seconds / DAY), False


def _decisions(since: datetime) -> Iterable[tuple[datetime | None, datetime | None]]:
    earlier = Assessment.objects.filter(case=OuterRef("case"), is_final=True, pk__lt=OuterRef("pk"))
    firsts = Assessment.objects.filter(case__isnull=False, is_final=True, at__gte=since).exclude(
        Exists(earlier)
    )
    return firsts.order_by("-pk").values_list("case__received_at", "at")[:MOST]


def _removals(since: datetime) -> Iterable[tuple[datetime | None, datetime | None]]:
    gone = Case.objects.filter(gone_at__gte=since, confirmed_at__isnull=False)
    return gone.order_by("-gone_at").values_list("confirmed_at", "gone_at")[:MOST]
