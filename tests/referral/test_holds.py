"""Police holds: what stops, and how a case goes on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.casebook import events, states
from nightlight.casebook import holds as active
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.referral import holds
from nightlight.referral.verbs import Refused
from nightlight.work import clock
from tests.casebook import cases
from tests.examples import SHARED_FIXTURES

Work = Callable[..., int]
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def lifted() -> Iterator[list[Hold]]:
    """The holds whose end was announced."""
    heard: list[Hold] = []

    def hear(sender: object, hold: Hold, **_: Any) -> None:
        heard.append(hold)

    events.hold_lifted.connect(hear)
    yield heard
    events.hold_lifted.disconnect(hear)


def _case(state: State, waiting_for: str = "") -> Case:
    case = cases.page_case(f"http://shapes.example/{Case.objects.count()}")
    for step in {
        State.OPEN: [],
        State.SECOND_LOOK: [State.SECOND_LOOK],
        State.DISMISSED: [State.DISMISSED],
    }.get(state, [State.CONFIRMED, state]):
        states.move(case, step, waiting_for=waiting_for)
    return case


def _hold(case: Case, days: int = 2) -> Hold:
    return holds.place(case.pk, clock.now() + timedelta(days=days), "file 7", cases.analyst("manager"))


@pytest.mark.parametrize("state", sorted(set(State) - {State.ON_HOLD, State.WAITING}))
def test_a_case_is_held_and_goes_back_to_where_it_stood(work_until: Work, state: State) -> None:
    case = _case(state)
    hold = _hold(case)
    case.refresh_from_db()
    during = case.state

    work_until(hold.until)

    case.refresh_from_db()
    assert during == State.ON_HOLD
    assert case.state == state


def test_a_waiting_case_waits_for_the_same_again(work_until: Work) -> None:
    case = _case(State.WAITING, "changed")
    hold = _hold(case)

    work_until(hold.until)

    case.refresh_from_db()
    assert (case.state, case.waiting_for) == (State.WAITING, "changed")


def test_a_hold_is_active_until_its_moment_and_no_longer(work_until: Work) -> None:
    case = _case(State.OPEN)
    hold = _hold(case)

    before = active.active_until(case)
    work_until(hold.until)

    assert before == hold.until
    assert active.active_until(case) is None


def test_a_hold_that_is_lifted_ends_at_once_and_its_end_changes_nothing(
    work_until: Work, lifted: list[Hold]
) -> None:
    case = _case(State.OPEN)
    hold = _hold(case)

    first = holds.lift(hold.pk, cases.analyst("manager"))
    again = holds.lift(hold.pk, cases.analyst("manager"))
    work_until(hold.until)

    case.refresh_from_db()
    assert (first, again) == (True, False)
    assert case.state == State.OPEN
    assert len(lifted) == 1


def test_a_case_under_two_holds_goes_on_after_the_last(work_until: Work, lifted: list[Hold]) -> None:
    case = _case(State.NOTICED)
    short, long = _hold(case, days=1), _hold(case, days=3)

    work_until(short.until)
    case.refresh_from_db()
    between, announced = case.state, len(lifted)
    work_until(long.until)

    case.refresh_from_db()
    assert (between, announced) == (State.ON_HOLD, 0)
    assert (case.state, len(lifted)) == (State.NOTICED, 1)


@pytest.mark.parametrize(("days", "reference"), [(0, "file 7"), (-1, "file 7"), (1, "  ")])
def test_a_hold_needs_a_moment_to_come_and_a_reference(days: int, reference: str) -> None:
    case = _case(State.OPEN)

    with pytest.raises(Refused):
        holds.place(case.pk, clock.now() + timedelta(days=days), reference, cases.analyst("manager"))

    assert Hold.objects.count() == 0


@given(
    plan=st.lists(
        st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=4
    ),  # days, and whether it is lifted early
    start=st.sampled_from([State.OPEN, State.NOTICED, State.GONE, State.HANDED_OVER]),
)
@settings(max_examples=10, suppress_health_check=SHARED_FIXTURES)
def test_whatever_holds_come_and_go_the_case_is_held_while_one_is_active(
    work_until: Work, lifted: list[Hold], plan: list[tuple[int, bool]], start: State
) -> None:
    case, by = _case(start), cases.analyst("manager")
    lifted.clear()
    placed = [(_hold(case, days), early) for days, early in plan]

    for hold, early in placed:
        if early:
            holds.lift(hold.pk, by)
        case.refresh_from_db()
        assert (case.state == State.ON_HOLD) == (active.active_until(case) is not None)
    work_until(max(hold.until for hold, _ in placed))

    case.refresh_from_db()
    assert case.state == start
    assert len([hold for hold in lifted if hold.case_id == case.pk]) == 1
