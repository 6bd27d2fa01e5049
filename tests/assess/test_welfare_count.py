"""Counting time with material: from one look to the next, and what belongs to a day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from nightlight.assess.welfare_count import tally, today

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)
HERE = ZoneInfo("Europe/Berlin")


def at(*minutes: float) -> list[datetime]:
    return [NINE + timedelta(minutes=each) for each in minutes]


def test_nothing_seen_is_nothing_counted() -> None:
    found = tally([], TEN)

    assert (found.looks, found.spent, found.last) == (0, timedelta(), None)


def test_a_look_that_stands_alone_counts_a_minute() -> None:
    found = tally(at(0, 30, 60), TEN)

    assert (found.looks, found.spent, found.run) == (3, timedelta(minutes=3), timedelta(minutes=1))


def test_looks_close_together_count_from_the_first_to_the_last() -> None:
    found = tally(at(0, 4, 8, 12), TEN)

    assert found.spent == found.run == timedelta(minutes=13)


def test_a_shorter_pause_is_no_break_and_a_longer_one_is() -> None:
    short, long = tally(at(0, 5, 14), TEN), tally(at(0, 5, 15), TEN)

    assert (short.run, long.run) == (timedelta(minutes=7), timedelta(minutes=1))
    assert long.longest == timedelta(minutes=6)


@given(st.lists(st.floats(0, 1400), max_size=60))
def test_never_more_is_counted_than_passed_and_one_more_look_never_counts_less(minutes: list[float]) -> None:
    looks = at(*sorted(minutes))

    counted = [tally(looks[:n], TEN).spent for n in range(len(looks) + 1)]

    assert counted == sorted(counted)
    assert not looks or counted[-1] <= looks[-1] - looks[0] + timedelta(minutes=1)


def test_a_day_begins_at_midnight_of_the_hotline() -> None:
    before, after = datetime(2026, 1, 4, 14, 0, tzinfo=UTC), datetime(2026, 1, 4, 23, 30, tzinfo=UTC)

    found = today([before, after], NINE, HERE)

    assert found == [after]


def test_whoever_works_over_midnight_is_still_in_the_day_they_began() -> None:
    night = [datetime(2026, 1, 4, 21, 0, tzinfo=UTC) + timedelta(hours=2 * n) for n in range(4)]

    found = today(night, night[-1] + timedelta(minutes=5), HERE)

    assert found == night
