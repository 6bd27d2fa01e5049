"""The next case: the most urgent one that nobody has and that this person may look at."""

from datetime import timedelta

import pytest

from nightlight.assess import verbs
from nightlight.assess.decision import NotAllowed
from nightlight.assess.filters import Filters
from nightlight.assess.models import Claim
from nightlight.assess.next_case import take_next
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed


def test_the_most_urgent_is_next_and_then_the_oldest(make_case: MakeCase, someone: MakePerson) -> None:
    now = clock.now()
    late = make_case(priority=2, received_at=now)
    early = make_case(priority=2, received_at=now - timedelta(hours=1))
    danger = make_case(priority=0, danger_now=True, received_at=now)
    by = someone("analyst")

    taken = [claim.case_id for _ in range(3) if (claim := take_next(by))]

    assert taken == [danger.pk, early.pk, late.pk]


def test_two_people_get_two_cases(make_case: MakeCase, someone: MakePerson) -> None:
    make_case(), make_case()

    first, second = take_next(someone("analyst")), take_next(someone("analyst"))

    assert first is not None
    assert second is not None
    assert first.case_id != second.case_id


def test_nobody_gets_what_they_looked_at_themselves(make_case: MakeCase, someone: MakePerson) -> None:
    case, first = make_case(), someone("analyst")
    verbs.decide(case.pk, first, confirmed("A"))

    again, other = take_next(first), take_next(someone("analyst"))

    assert again is None
    assert other is not None
    assert other.case_id == case.pk


def test_a_disagreement_is_next_for_a_senior_only(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()
    verbs.decide(case.pk, someone("analyst"), confirmed("A"))
    verbs.decide(case.pk, someone("analyst"), confirmed("C"))

    analyst, senior = take_next(someone("analyst")), take_next(someone("senior_analyst"))

    assert analyst is None
    assert senior is not None
    assert senior.case_id == case.pk


def test_what_was_left_lying_is_next_again(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()
    take_next(someone("analyst"))
    Claim.objects.update(until=clock.real_now() - timedelta(seconds=1))

    claim = take_next(someone("analyst"))

    assert claim is not None
    assert claim.case_id == case.pk


def test_the_next_case_is_of_the_view_that_was_asked_for(make_case: MakeCase, someone: MakePerson) -> None:
    make_case(priority=0)
    here = make_case(country="SE", priority=5)

    claim = take_next(someone("analyst"), Filters(country="SE"))

    assert claim is not None
    assert claim.case_id == here.pk


def test_who_may_not_assess_gets_none(make_case: MakeCase, someone: MakePerson) -> None:
    make_case()

    with pytest.raises(NotAllowed):
        take_next(someone("manager"))
