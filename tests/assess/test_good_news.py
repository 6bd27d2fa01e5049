"""Good news comes back to whoever worked on it, as far as it may be told."""

from datetime import timedelta

import pytest

from nightlight.assess import verbs
from nightlight.casebook import good_news, states
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.referral.models import Outcome
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed, dismissed


@pytest.fixture
def gone(make_case: MakeCase, someone: MakePerson) -> Case:
    """A page that `ada@hotline.test` confirmed on MONDAY and that is gone."""
    case = make_case()
    verbs.decide(case.pk, someone("analyst", email="ada@hotline.test"), confirmed("B"))
    case.refresh_from_db()
    for state in (State.NOTICED, State.GONE):
        states.move(case, state)
    case.gone_at = clock.now()
    case.save(update_fields=["gone_at"])
    return case


def told(case: Case) -> list[str]:
    person = case.assessments.get().by
    return [str(each.words) for each in good_news.news(person, clock.now() - timedelta(days=1), 20)]


def test_the_page_somebody_confirmed_is_gone(gone: Case) -> None:
    found = told(gone)

    assert found == ["The page you confirmed on Monday is gone."]


def test_others_are_told_nothing_of_it(gone: Case, someone: MakePerson) -> None:
    other, (since, most) = someone("analyst"), (clock.now() - timedelta(days=1), 20)

    assert good_news.news(other, since, most) == []


def test_whoever_dismissed_it_did_not_confirm_it(make_case: MakeCase, someone: MakePerson) -> None:
    case, ada = make_case(), someone("analyst")
    verbs.decide(case.pk, ada, dismissed())

    assert told(case) == []


def test_nothing_is_told_while_police_hold_the_case(gone: Case, someone: MakePerson) -> None:
    until = clock.now() + timedelta(days=2)
    Hold.objects.create(case=gone, until=until, reference="", by=someone("police_liaison"), at=clock.now())

    assert told(gone) == []


@pytest.mark.parametrize(
    ("what", "tellable", "expected"),
    [
        ("child_safeguarded", True, ["In a case you confirmed on Monday a child is safe now."]),
        ("child_safeguarded", False, []),
        ("no_further_action", True, []),
    ],
)
def test_an_outcome_is_told_only_where_it_may_be(
    what: str, tellable: bool, expected: list[str], gone: Case, someone: MakePerson
) -> None:
    Outcome.objects.create(
        case=gone,
        day=clock.now().date(),
        what=what,
        tellable=tellable,
        by=someone("police_liaison"),
        at=clock.now(),
    )

    found = [line for line in told(gone) if "is gone" not in line]

    assert found == expected
