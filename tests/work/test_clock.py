"""The hotline's clock: read from its setting, never going back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.work import clock


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(1, 9_999_999)
)
def test_every_fast_setting_is_read_as_written(start: datetime, factor: int) -> None:
    text = f"{start.isoformat()}Z x{factor}"

    setting = clock.parse(text)

    assert setting == clock.Setting(start.replace(tzinfo=UTC), factor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-01-05T09:00:00 jump",
        "2026-01-05T09:00:00Z",
        "yesterday x3",
        "2026-01-05T09:00:00Z x-1",
    ],
)
def test_a_clock_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(clock.ClockError, match="NIGHTLIGHT_CLOCK"):
        clock.parse(text)


def test_the_same_setting_after_a_restart_goes_on_where_it_was(home: None) -> None:
    clock.run(clock.now() + timedelta(days=2), None, setting_text="2026-01-05T09:00:00Z jump")
    before = clock.now()

    clock.apply("2026-01-05T09:00:00Z jump")

    assert clock.now() == before


def test_the_clock_never_goes_back(home: None) -> None:
    before = clock.now()

    clock.apply("2020-01-01T00:00:00Z x60")

    assert clock.now() >= before


def test_without_a_setting_the_clock_is_the_machines(db: None) -> None:
    before = clock.real_now()

    now = clock.now()

    assert before <= now <= clock.real_now()
