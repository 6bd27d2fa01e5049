"""Taking a case: two people don't do the same one, and what is left lying is free again."""

from datetime import timedelta

import pytest

from nightlight.assess import verbs
from nightlight.assess.decision import NotAllowed, NotNow
from nightlight.assess.models import Claim
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed


def test_a_taken_case_is_not_taken_or_decided_by_another(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()
    verbs.take(case.pk, someone("analyst"))

    with pytest.raises(NotNow):
        verbs.take(case.pk, someone("analyst"))
    with pytest.raises(NotNow):
        verbs.decide(case.pk, someone("analyst"), confirmed())


def test_who_has_a_case_may_take_it_for_longer(make_case: MakeCase, someone: MakePerson) -> None:
    case, analyst = make_case(), someone("analyst")
    first = verbs.take(case.pk, analyst)

    again = verbs.take(case.pk, analyst)

    assert again.until >= first.until


def test_a_case_left_lying_is_free_again(make_case: MakeCase, someone: MakePerson) -> None:
    case, other = make_case(), someone("analyst")
    verbs.take(case.pk, someone("analyst"))
    Claim.objects.update(until=clock.real_now() - timedelta(seconds=1))

    claim = verbs.take(case.pk, other)

    assert claim.by == other


def test_a_case_given_back_is_free(make_case: MakeCase, someone: MakePerson) -> None:
    case, first, other = make_case(), someone("analyst"), someone("analyst")
    verbs.take(case.pk, first)
    verbs.release(case.pk, other)
    with pytest.raises(NotNow):
        verbs.take(case.pk, other)

    verbs.release(case.pk, first)

    assert verbs.take(case.pk, other).by == other


def test_a_decision_gives_the_case_back(make_case: MakeCase, someone: MakePerson) -> None:
    case, analyst = make_case(), someone("analyst")
    verbs.take(case.pk, analyst)

    verbs.decide(case.pk, analyst, confirmed("A"))

    assert not Claim.objects.exists()


def test_who_may_not_assess_takes_nothing(make_case: MakeCase, someone: MakePerson) -> None:
    with pytest.raises(NotAllowed):
        verbs.take(make_case().pk, someone("manager"))
