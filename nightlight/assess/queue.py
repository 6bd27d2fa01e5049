"""Lists of cases: what the queue, the waiting list and the API show of each, without a query per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case as When
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import When as Then
from django.db.models.functions import Coalesce

from nightlight.accounts.models import Person
from nightlight.assess import welfare
from nightlight.assess.models import Claim
from nightlight.assess.welfare import Standing
from nightlight.casebook import states
from nightlight.casebook.models import Allegation, Assessment, Case
from nightlight.casebook.words import State
from nightlight.net.address import defang
from nightlight.work import clock

PAGE = 50
TO_DO = (State.OPEN, State.SECOND_LOOK)
URGENT_FIRST = ("priority", "received_at", "id")


@dataclass(frozen=True, slots=True)
class Summary:
    """The seven fields of the contract. `url` is None for a case without one; `priority` a rank, 0 first."""

    id: UUID
    state: str
    priority: int
    kind: str
    url: str | None
    reports: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue. The address is written so that nobody follows it by mistake; `held_by` is the name of
    whoever has taken the case; `looked` says that the reader took the first look and leaves the second; `why`
    says why the case waits."""

    case: Case
    address: str
    reports: int
    held_by: str
    mine: bool
    looked: bool
    why: str


def with_reports(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Adds `report_count` and the address to a query."""
    named = (
        Allegation.objects.filter(location=OuterRef("location"))
        .order_by()
        .values("location")
        .annotate(n=Count("report", distinct=True))
        .values("n")
    )
    alone = When(Then(report__isnull=False, then=Value(1)), default=Value(0), output_field=IntegerField())
    return cases.select_related("location").annotate(report_count=Coalesce(Subquery(named), alone))


def summary(case: Case) -> Summary:
    """The seven fields of a case that came from `with_reports`."""
    return Summary(
        id=case.pk,
        state=case.state,
        priority=case.priority,
        kind=case.kind,
        url=case.location.url if case.location else None,
        reports=case.report_count,  # type: ignore[attr-defined]
        received_at=case.received_at,
    )


def page(
    states: tuple[State, ...], reader: Person, after: Case | None = None, care: Standing | None = None
) -> tuple[list[Row], UUID | None]:
    """The next PAGE cases in these states, the most urgent first and of those the oldest, after a given one; for
    whoever had enough of the material today, only those that need no sight.

    Returns the rows and the id to ask for the next page with, None on the last. `care` is how the reader stands,
    where the caller knows it already.
    """
    cases = with_reports(Case.objects.filter(state__in=states)).order_by(*URGENT_FIRST)
    if now := care or welfare.for_page(reader):
        cases = welfare.offered(cases, reader, now)
    if after is not None:
        cases = cases.filter(_behind(after))
    looked = Assessment.objects.filter(
        case=OuterRef("pk"), by=reader, episode=OuterRef("episode"), is_final=False
    )
    found = list(cases.annotate(looked=Exists(looked))[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return _rows(found[:PAGE], reader), more


def rows(case_ids: list[UUID], reader: Person) -> list[Row]:
    """Lines for the cases that a search found, in the order of the queue."""
    return _rows(list(with_reports(Case.objects.filter(pk__in=case_ids)).order_by(*URGENT_FIRST)), reader)


def counts() -> dict[str, int]:
    """How many cases are in each state."""
    found = Case.objects.values_list("state").annotate(n=Count("pk")).order_by()
    return dict.fromkeys(State.values, 0) | dict(found)


def _rows(cases: Sequence[Case], reader: Person) -> list[Row]:
    claims = Claim.objects.filter(case__in=cases, until__gt=clock.real_now()).select_related("by")
    held = {claim.case_id: claim.by for claim in claims}
    return [_row(case, held.get(case.pk), reader) for case in cases]


def _row(case: Case, holder: Any, reader: Person) -> Row:
    return Row(
        case=case,
        address=defang(case.location.url) if case.location else "",
        reports=case.report_count,  # type: ignore[attr-defined]
        held_by=(holder.name or holder.email) if holder else "",
        mine=holder is not None and holder.pk == reader.pk,
        why=states.WAITS.get(case.waiting_for, ""),
        looked=bool(getattr(case, "looked", False)) and case.state == State.SECOND_LOOK,
    )


def _behind(case: Case) -> Q:
    """What comes after a case in the order of the queue."""
    return (
        Q(priority__gt=case.priority)
        | Q(priority=case.priority, received_at__gt=case.received_at)
        | Q(priority=case.priority, received_at=case.received_at, pk__gt=case.pk)
    )
