"""A running small internet for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nightlight.demo.internet import SmallInternet
from tests.demo.outside import Clock, Visitor


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def internet(clock: Clock, tmp_path: Path) -> Iterator[SmallInternet]:
    with SmallInternet(clock, tmp_path / "post") as running:
        yield running


@pytest.fixture
def visitor(internet: SmallInternet) -> Visitor:
    return Visitor(internet)
