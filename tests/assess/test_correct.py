"""Correcting: one act undoes a decision everywhere."""

from typing import Any

import pytest

from nightlight.assess import verbs
from nightlight.assess.decision import NotAllowed, NotNow, Refused
from nightlight.casebook import states
from nightlight.casebook.models import Assessment, Hold
from nightlight.casebook.words import Outcome, State
from nightlight.work import clock
from tests.assess.conftest import MakeCase, MakePerson, confirmed


@pytest.mark.parametrize("state", [State.CONFIRMED, State.NOTICED, State.GONE, State.HANDED_OVER])
def test_a_correction_dismisses_and_tells_everyone(
    state: State, make_case: MakeCase, someone: MakePerson, announced: list[tuple[str, Any]]
) -> None:
    case = make_case()
    verbs.decide(case.pk, someone("analyst"), confirmed("B"))
    states.move(case, state)

    wrong = verbs.correct(case.pk, someone("senior_analyst"), Outcome.NOT_ILLEGAL, "It shows an adult.")

    case.refresh_from_db()
    assert (case.state, case.confirmed_at) == (State.DISMISSED, None)
    assert (wrong.role, wrong.outcome, wrong.is_final) == ("correction", "not_illegal", True)
    assert announced[-1] == ("case_corrected", case.pk)


def test_an_analyst_does_not_correct(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case()
    verbs.decide(case.pk, someone("analyst"), confirmed("B"))

    with pytest.raises(NotAllowed):
        verbs.correct(case.pk, someone("analyst"), Outcome.NOT_ILLEGAL, "It shows an adult.")

    case.refresh_from_db()
    assert case.state == State.CONFIRMED


@pytest.mark.parametrize("state", [State.OPEN, State.SECOND_LOOK, State.DISMISSED])
def test_what_was_never_decided_is_not_corrected(
    state: State, make_case: MakeCase, someone: MakePerson
) -> None:
    with pytest.raises(NotNow):
        verbs.correct(make_case(state=state).pk, someone("manager"), Outcome.NOT_FOUND, "a reason")


@pytest.mark.parametrize(("outcome", "reasons"), [(Outcome.CONFIRMED, "a reason"), (Outcome.NOT_FOUND, " ")])
def test_a_correction_needs_another_outcome_and_its_reasons(
    outcome: Outcome, reasons: str, make_case: MakeCase, someone: MakePerson
) -> None:
    with pytest.raises(Refused):
        verbs.correct(make_case(state=State.CONFIRMED).pk, someone("manager"), outcome, reasons)

    assert not Assessment.objects.exists()


def test_a_case_on_hold_is_not_corrected(make_case: MakeCase, someone: MakePerson) -> None:
    case = make_case(state=State.CONFIRMED)
    until = clock.now().replace(year=2027)
    Hold.objects.create(case=case, until=until, reference="", by=someone("manager"), at=clock.now())

    with pytest.raises(NotNow):
        verbs.correct(case.pk, someone("manager"), Outcome.NOT_FOUND, "a reason")
