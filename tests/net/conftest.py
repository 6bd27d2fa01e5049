"""The small internet for every test of this room."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.net.small_internet import SmallInternet


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[SmallInternet]:
    """Empty at first, and gone after the test."""
    with ExitStack() as stack:
        yield SmallInternet(stack, tmp_path)
