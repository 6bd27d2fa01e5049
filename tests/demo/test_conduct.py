"""The conducts as functions: whatever was heard, the course is well formed and the past never changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.demo.conduct import Behaviour, Conduct, Heard, Shows, standing, turns

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
heard_times = st.lists(moments, max_size=6).map(lambda times: tuple(sorted(times)))
spans = st.integers(0, 60 * 24 * 5).map(lambda minutes: timedelta(minutes=minutes))
conducts = st.builds(
    Conduct,
    behaviour=st.sampled_from(Behaviour),
    after=spans,
    then_after=spans,
    back_after=spans,
    taken_down=st.sampled_from([Shows.NOT_FOUND, Shows.GONE]),
    blocks_from_start=st.booleans(),
)


@given(conducts, moments)
def test_a_page_that_nobody_heard_of_stays_as_it_was_put_up(conduct: Conduct, now: datetime) -> None:
    assert standing(conduct, Heard(), now).shows is Shows.PAGE
    assert not standing(conduct, Heard(), now).moved


@given(conducts, heard_times, heard_times, moments)
def test_what_is_heard_later_never_changes_what_was(
    conduct: Conduct, host: tuple[datetime, ...], onward: tuple[datetime, ...], now: datetime
) -> None:
    so_far = Heard(tuple(at for at in host if at <= now), tuple(at for at in onward if at <= now))

    assert standing(conduct, Heard(host, onward), now) == standing(conduct, so_far, now)


@given(conducts, heard_times, heard_times)
def test_turns_come_in_order_and_never_before_the_first_mail(
    conduct: Conduct, host: tuple[datetime, ...], onward: tuple[datetime, ...]
) -> None:
    course = turns(conduct, Heard(host, onward))

    assert [turn.at for turn in course] == sorted(turn.at for turn in course)
    assert all(turn.at >= min(host + onward) for turn in course)


@pytest.mark.parametrize("behaviour", Behaviour)
def test_every_behaviour_has_a_course(behaviour: Behaviour) -> None:
    mails = tuple(START + timedelta(days=day) for day in range(20))

    course = turns(Conduct(behaviour), Heard(mails, mails))

    assert bool(course) is (behaviour is not Behaviour.NEVER)


def test_each_act_comes_at_its_minute_and_not_before() -> None:
    conduct = Conduct(Behaviour.REMOVES_IN_MINUTES, after=timedelta(minutes=25))
    due = START + timedelta(minutes=25)

    before = standing(conduct, Heard((START,)), due - timedelta(microseconds=1))
    then = standing(conduct, Heard((START,)), due)

    assert (before.shows, then.shows) == (Shows.PAGE, Shows.NOT_FOUND)
