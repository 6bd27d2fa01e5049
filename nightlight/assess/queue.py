"""Lists of cases: what the queue, the waiting list and the API show of each, without a query per row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case as When
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models import When as Then
from django.db.models.functions import Coalesce

from nightlight.accounts.models import Person
from nightlight.assess import filters, welfare
from nightlight.assess.filters import Filters
from nightlight.assess.models import Claim, TogetherCase
from nightlight.assess.welfare import Standing
from nightlight.casebook import states, tally
from nightlight.casebook.models import Allegation, Assessment, Case
from nightlight.casebook.words import State
from nightlight.net.address import defang
from nightlight.work import clock

PAGE = 50
MOST_COUNTED = 1000
URGENT_FIRST = ("priority", "received_at", "id")
MOMENTS = {filters.SINCE: "changed_at", filters.END: "clock_at"}  # by order: the time its view goes by


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
    says why the case waits, or how a search found it; `together` that it was decided with others and this can
    still be undone; `moment` is the time that the view goes by."""

    case: Case
    address: str
    reports: int
    held_by: str
    mine: bool
    looked: bool
    why: str
    together: bool
    moment: datetime | None


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
    chosen: Filters, reader: Person, after: Case | None = None, care: Standing | None = None
) -> tuple[list[Row], UUID | None]:
    """The next PAGE cases of a view, in its order, after a given one; for whoever had enough of the material today,
    only those that need no sight.

    Returns the rows and the id to ask for the next page with, None on the last. `care` is how the reader stands,
    where the caller knows it already.
    """
    cases = with_reports(filters.cases(chosen, reader))
    if now := care or welfare.for_page(reader):
        cases = welfare.offered(cases, reader, now)
    if after is not None:
        cases = cases.filter(filters.behind(chosen, after))
    looked = Assessment.objects.filter(
        case=OuterRef("pk"), by=reader, episode=OuterRef("episode"), is_final=False
    )
    waits = TogetherCase.objects.filter(case=OuterRef("pk"), state=TogetherCase.State.WAITING)
    found = list(cases.annotate(looked=Exists(looked), together_waits=Exists(waits))[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return _rows(found[:PAGE], reader, MOMENTS.get(chosen.by, "received_at")), more


def counted(chosen: Filters, reader: Person, care: Standing | None = None) -> tuple[int, bool]:
    """How many cases of a view this person may open, and whether that is all of them: a narrowed view is counted up to
    MOST_COUNTED. What is of a kind they opted out of is not in it; what they are not offered for today is."""
    now = care or welfare.for_page(reader)
    if not chosen.narrows:
        found = counts(reader, now)
        names = (chosen.state,) if chosen.state else (State.OPEN, State.SECOND_LOOK)
        return sum(found[name] for name in names), True
    cases = filters.cases(chosen, reader)
    if now:
        cases = welfare.of_kinds(cases, reader, now)
    number = cases.order_by().values("pk")[: MOST_COUNTED + 1].count()
    return min(number, MOST_COUNTED), number <= MOST_COUNTED


def rows(case_ids: list[UUID], reader: Person) -> list[Row]:
    """Lines for the cases that a search found, in the order of the queue."""
    return _rows(list(with_reports(Case.objects.filter(pk__in=case_ids)).order_by(*URGENT_FIRST)), reader)


def counts(reader: Person, care: Standing | None = None) -> dict[str, int]:
    """How many cases in each state this person may open: always right, and not counted anew (see casebook/tally.py).

    Without those of a kind they opted out of, but for the ones they have taken all the same.
    """
    now = care or welfare.for_page(reader)
    hidden = now.choice.kinds_off if now else []
    found = Counter(dict.fromkeys(State.values, 0) | tally.by_state(without=hidden))
    if hidden:
        taken = Claim.objects.filter(by=reader, until__gt=clock.real_now(), case__kind__in=hidden)
        found.update(taken.values_list("case__state", flat=True))
    return dict(found)


def _rows(cases: Sequence[Case], reader: Person, moment: str = "received_at") -> list[Row]:
    claims = Claim.objects.filter(case__in=cases, until__gt=clock.real_now()).select_related("by")
    held = {claim.case_id: claim.by for claim in claims}
    return [_row(case, held.get(case.pk), reader, moment) for case in cases]


def _row(case: Case, holder: Any, reader: Person, moment: str) -> Row:
    return Row(
        case=case,
        address=defang(case.location.url) if case.location else "",
        reports=case.report_count,  # type: ignore[attr-defined]
        held_by=(holder.name or holder.email) if holder else "",
        mine=holder is not None and holder.pk == reader.pk,
        why=str(states.WAITS.get(case.waiting_for, "")),
        together=bool(getattr(case, "together_waits", False)),
        moment=getattr(case, moment),
        looked=bool(getattr(case, "looked", False)) and case.state == State.SECOND_LOOK,
    )
