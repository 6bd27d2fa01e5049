"""The next case for a person: taken in the moment in which it is found, so that two people never get the same one.

PostgreSQL passes over the rows that others hold locked (SKIP LOCKED) instead of waiting for them; SQLite has one
writer. A claim that was committed after our question began is not in its answer, so it is asked once more under the
lock (`verbs.take`); without that two people would now and then have the same case.
"""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import filters, looks, verbs, welfare
from nightlight.assess.decision import GoldenRule, NotAllowed, NotNow
from nightlight.assess.filters import Filters
from nightlight.assess.models import Claim, TogetherCase, ToldLook
from nightlight.casebook.models import TO_DO, Assessment, Case
from nightlight.work import clock

TRIES = 100


def take_next(by: Person, chosen: Filters | None = None) -> Claim | None:
    """Takes the first case of a view that nobody has and that this person may look at and the limits of care
    let them take; None if there is none.
    Raises NotAllowed."""
    view = chosen or Filters()
    passed: list[UUID] = []
    for _ in range(TRIES):
        with transaction.atomic():
            case = _first(by, view, passed)
            if case is None:
                return None
            try:
                looks.may_look(case, by)
                return verbs.take(case.pk, by)
            except (NotNow, GoldenRule):
                passed.append(case.pk)
            except NotAllowed:
                if not by.may(Permission.CASE_ASSESS):
                    raise
                passed.append(case.pk)
    return None


def free_for(by: Person, cases: "QuerySet[Case]", *, or_mine: bool = False) -> "QuerySet[Case]":
    """Those of these cases that nobody has (`or_mine`: or this person) and in which this person may take the next
    look."""
    claims = Claim.objects.filter(case=OuterRef("pk"), until__gt=clock.real_now())
    undecided = Assessment.objects.filter(
        ~Exists(
            Assessment.objects.filter(case=OuterRef("case"), is_final=True, round__gte=OuterRef("round"))
        ),
        case=OuterRef("pk"),
        episode=OuterRef("episode"),
        is_final=False,
    )
    free = cases.filter(
        TO_DO,
        ~Exists(claims.exclude(by=by) if or_mine else claims),
        ~Exists(TogetherCase.objects.filter(case=OuterRef("pk"), state=TogetherCase.State.WAITING)),
        ~Exists(undecided.filter(by=by)),
        ~Exists(_told(by)),
    )
    if not by.may(Permission.CASE_SETTLE):
        free = free.filter(~Exists(undecided.filter(role=Assessment.Role.SECOND)))
    return free


def _told(by: Person) -> "QuerySet[ToldLook]":
    """Where this person was told what a look of the round that is going on found."""
    over = Assessment.objects.filter(case=OuterRef("case"), is_final=True, round__gte=OuterRef("round"))
    told = ToldLook.objects.filter(case=OuterRef("pk"), episode=OuterRef("episode"), person=by)
    return told.filter(~Exists(over))


def _first(by: Person, chosen: Filters, passed: list[UUID]) -> Case | None:
    cases = free_for(by, filters.cases(chosen, by)).exclude(pk__in=passed)
    if care := welfare.for_page(by):
        cases = welfare.offered(cases, by, care)
    skips = connection.features.has_select_for_update_skip_locked
    return cases.select_for_update(skip_locked=skips, of=("self",) if skips else ()).first()
