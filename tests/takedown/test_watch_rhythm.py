"""When looks agree and when the next one is due; the six-hour rule cannot be weakened unnoticed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.takedown import rhythm
from nightlight.takedown.models import Check
from nightlight.takedown.rhythm import Look

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
UP, GONE, CHANGED = Check.State.UP, Check.State.GONE, Check.State.CHANGED
MOVED, CANNOT_TELL = Check.State.MOVED, Check.State.CANNOT_TELL

# Written out here, so that a weaker constant in the code turns tests red.
SIX_HOURS = timedelta(hours=6)
THREE = 3

histories = st.lists(
    st.tuples(
        st.sampled_from([1, 60, 180, 240, 300, 359, 360, 361, 720]), st.sampled_from(list(Check.State))
    ),
    max_size=40,
)


def looks(*said: tuple[float, Check.State]) -> list[Look]:
    """Looks at these hours after the first."""
    return [Look(START + timedelta(hours=hours), state) for hours, state in said]


def test_three_looks_six_hours_apart_agree() -> None:
    history = looks((6, GONE), (12, GONE), (18, GONE))

    gone = rhythm.is_gone(history)

    assert gone
    assert rhythm.agreeing(history)[0] == START + SIX_HOURS


def test_two_looks_are_not_enough() -> None:
    history = looks((6, GONE), (12, GONE))

    gone = rhythm.is_gone(history)

    assert not gone


@pytest.mark.parametrize("minutes", [1, 60, 5 * 60, 5 * 60 + 59])
def test_a_look_less_than_six_hours_after_the_last_does_not_count(minutes: int) -> None:
    early = 12 + minutes / 60

    history = looks((6, GONE), (12, GONE), (early, GONE))

    assert not rhythm.is_gone(history)


def test_an_early_look_does_not_push_the_row_back() -> None:
    history = looks((6, GONE), (7, GONE), (12, GONE), (18, GONE))

    gone = rhythm.is_gone(history)

    assert gone


@pytest.mark.parametrize("between", [UP, CHANGED, MOVED])
def test_a_look_that_saw_something_begins_the_row_anew(between: Check.State) -> None:
    history = looks((6, GONE), (12, GONE), (15, between), (18, GONE), (24, GONE))

    gone = rhythm.is_gone(history)

    assert not gone


def test_a_look_that_could_not_tell_neither_counts_nor_breaks_the_row() -> None:
    history = looks((6, GONE), (12, CANNOT_TELL), (13, GONE), (19, GONE))

    gone = rhythm.is_gone(history)

    assert gone


@given(histories)
def test_gone_is_only_what_three_agreeing_looks_six_hours_apart_say(
    steps: list[tuple[int, Check.State]],
) -> None:
    at, history = START, []
    for minutes, state in steps:
        at += timedelta(minutes=minutes)
        history.append(Look(at, state))

    counted = rhythm.agreeing(history)

    broken = [at for at, look in enumerate(history) if look.state in (UP, CHANGED, MOVED)]
    row = {look.at for look in history[max(broken, default=-1) + 1 :] if look.state == GONE}
    assert set(counted) <= row
    assert all(later - earlier >= SIX_HOURS for earlier, later in pairwise(counted))
    assert rhythm.is_gone(history) == (len(counted) >= THREE)


@given(histories, st.booleans())
def test_a_page_that_is_not_gone_is_always_looked_at_again(
    steps: list[tuple[int, Check.State]], waiting: bool
) -> None:
    at, history = START, []
    for minutes, state in steps:
        at += timedelta(minutes=minutes)
        history.append(Look(at, state))

    due = rhythm.next_look(START, history, waiting=waiting)

    last = history[-1].at if history else START
    assert last < due <= last + rhythm.WEEKLY


@pytest.mark.parametrize(
    ("age", "pace"),
    [
        (timedelta(), SIX_HOURS),
        (timedelta(days=13), SIX_HOURS),
        (timedelta(days=14), timedelta(days=1)),
        (timedelta(days=59), timedelta(days=1)),
        (timedelta(days=60), timedelta(days=7)),
    ],
)
def test_an_old_watch_looks_less_often(age: timedelta, pace: timedelta) -> None:
    history = [Look(START + age, UP)]

    due = rhythm.next_look(START, history, waiting=False)

    assert due == START + age + pace


def test_a_case_that_waits_is_looked_at_daily_unless_it_is_just_going() -> None:
    resting = rhythm.next_look(START, looks((6, CHANGED)), waiting=True)
    going = rhythm.next_look(START, looks((6, CHANGED), (30, GONE)), waiting=True)

    assert resting == START + timedelta(hours=30)
    assert going == START + timedelta(hours=36)


@pytest.mark.parametrize(("vain", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (7, 24)])
def test_looks_that_could_not_tell_come_ever_slower(vain: int, hours: int) -> None:
    history = looks(*((position, CANNOT_TELL) for position in range(vain)))

    due = rhythm.next_look(START, history, waiting=False)

    assert due - history[-1].at == timedelta(hours=hours)


def test_a_page_that_is_gone_is_looked_for_eight_times_in_a_year() -> None:
    gone_at, history, days = START, [Look(START, GONE)], []

    while due := rhythm.next_come_back(gone_at, history):
        days.append((due - gone_at).days)
        history.append(Look(due, GONE))

    assert days == [1, 3, 7, 14, 30, 90, 180, 365]


def test_a_come_back_look_that_could_not_tell_is_tried_again_the_next_day() -> None:
    history = [Look(START + timedelta(days=30), CANNOT_TELL)]

    due = rhythm.next_come_back(START, history)

    assert due == START + timedelta(days=31)


def test_a_host_that_keeps_programs_out_is_not_asked_daily_for_a_year() -> None:
    history = [Look(START + timedelta(days=30 + day), CANNOT_TELL) for day in range(rhythm.UNCLEAR)]

    due = rhythm.next_come_back(START, history)

    assert due == START + timedelta(days=90)


def test_a_page_that_a_person_closed_is_looked_for_from_then_on() -> None:
    due = rhythm.next_come_back(START, [])

    assert due == START + timedelta(days=1)
