"""Politeness to hosts: one request at a time, and a pause between two; none where limits are off."""

import threading
from dataclasses import replace

import pytest
from django.conf import settings

from nightlight.takedown import manners


class Wall:
    """A monotonic clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """Limits on, and a clock of our own."""
    found = Wall()
    monkeypatch.setattr(settings, "NIGHTLIGHT", replace(settings.NIGHTLIGHT, limits=True))
    monkeypatch.setattr(manners, "time", found)
    monkeypatch.setattr(manners, "_left", [0.0] * manners.PLACES)
    return found


def test_a_host_rests_a_second_between_two_requests(wall: Wall) -> None:
    with manners.turn("a.test"):
        wall.now += 5
    with manners.turn("a.test"):
        began = wall.now

    assert wall.slept == [1.0]
    assert began == 106.0


def test_hosts_do_not_wait_for_one_another(wall: Wall) -> None:
    with manners.turn("a.test"):
        pass
    with manners.turn("b.test"):
        pass

    assert wall.slept == []


def test_one_request_at_a_time_to_a_host(wall: Wall) -> None:
    entered = threading.Event()

    def ask() -> None:
        with manners.turn("a.test"):
            entered.set()

    with manners.turn("a.test"):
        second = threading.Thread(target=ask)
        second.start()
        early = entered.wait(0.05)
    second.join()

    assert not early
    assert entered.is_set()


def test_nobody_waits_where_limits_are_off(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NIGHTLIGHT", replace(settings.NIGHTLIGHT, limits=False))

    for _ in range(3):
        with manners.turn("a.test"):
            pass

    assert wall.slept == []
