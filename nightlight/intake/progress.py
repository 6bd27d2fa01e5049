"""What a receipt tells: where a report stands, in words that let nobody probe what we know.

An ordinary reporter learns only whether a person has decided since they reported. Where the address was known
before, the answer changes as it would for one that was not: decisions from before the report never show. With the
limits on, both happen after a delay that is fixed for each report and can't be guessed.

A young person who reports a picture of themselves, and a partner with a token, may follow the removal too; the same
rule holds: only what happened after their report shows.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Q, QuerySet

from nightlight.casebook.aside import is_aside
from nightlight.casebook.models import Assessment, Case, Report
from nightlight.casebook.words import Outcome, ReportKind, Source, State
from nightlight.intake.returning import waiting
from nightlight.work import clock
from nightlight.work.home import ring

# A fresh report is decided after hours to days. One about something decided earlier closes within this span, so that
# the two can't be told apart; every decision shows up to SHOWN_WITHIN later than it was made.
CLOSES_BETWEEN = (timedelta(hours=24), timedelta(hours=72))
SHOWN_WITHIN = timedelta(hours=6)


class Stage(StrEnum):
    """Where a report stands, in the words of the contract."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    IN_REMOVAL = "in_removal"
    REMOVED = "removed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Progress:
    """The answer to a receipt."""

    stage: Stage
    received_at: datetime
    messages: tuple[str, ...] = ()


_ORDER = list(Stage)
_UNDECIDED = (State.OPEN, State.SECOND_LOOK)
_REMOVAL = {
    State.NOTICED: Stage.IN_REMOVAL,
    State.HANDED_OVER: Stage.IN_REMOVAL,
    State.WAITING: Stage.IN_REMOVAL,
    State.GONE: Stage.REMOVED,
}


def progress(report: Report) -> Progress:
    """Where a report stands now, with what was added to it, by the hotline's clock; `messages` are the questions that
    wait for an answer."""
    added = Report.objects.filter(added_to__first=report)
    stage = min((_stage(each) for each in (report, *added)), key=_ORDER.index)
    return Progress(stage, report.received_at, tuple(row.text for row in waiting(report)))


def _stage(report: Report) -> Stage:
    if report.withdrawn_at:
        return Stage.CLOSED
    cases = list(Case.objects.filter(Q(location__allegations__report=report) | Q(report=report)).distinct())
    if not cases and is_aside(report.pk):
        return _aside(report)
    if report.sorted_at is None or not cases:
        return Stage.RECEIVED
    told = _followed if report.kind == ReportKind.OWN_IMAGE or report.source == Source.HOTLINE else _closed
    stages = {told(case, report) for case in cases}
    return min(stages, key=_ORDER.index)


def _aside(report: Report) -> Stage:
    """What waits beside the queue is in review; set aside from there, it closes as one about a decided case does."""
    cleared = report.sorted_at is not None
    return Stage.CLOSED if cleared and _closes(report, report) <= clock.now() else Stage.IN_REVIEW


def _closed(case: Case, report: Report) -> Stage:
    now = clock.now()
    first = _decided_since(case, report).first()
    if first is not None:
        shown = first.at + SHOWN_WITHIN * _chance(report, case) if settings.NIGHTLIGHT.limits else first.at
        return Stage.CLOSED if shown <= now else Stage.IN_REVIEW
    over = case.state not in _UNDECIDED and _closes(report, case) <= now
    return Stage.CLOSED if over else Stage.IN_REVIEW


def _closes(report: Report, about: Case | Report) -> datetime:
    soonest, latest = CLOSES_BETWEEN
    return report.received_at + soonest + (latest - soonest) * _chance(report, about)


def _followed(case: Case, report: Report) -> Stage:
    last = _decided_since(case, report).last()
    if last is None or last.outcome != Outcome.CONFIRMED:
        return _closed(case, report)
    return _REMOVAL.get(State(case.state), Stage.CONFIRMED)


def _decided_since(case: Case, report: Report) -> QuerySet[Assessment]:
    """Decisions made after the report. Ids tell the order also where the hotline's clock stands still."""
    return Assessment.objects.filter(
        case=case, is_final=True, at__gte=report.received_at, pk__gt=report.pk
    ).order_by("pk")


def _chance(report: Report, about: Case | Report) -> float:
    """Between 0 and 1, always the same for this report and case, and known to nobody without the key ring."""
    digest = hmac.digest(ring().token_subkey("progress"), f"{report.pk}|{about.pk}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big") / 2**64
