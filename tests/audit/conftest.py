"""A rehearsal home whose copy of the checkpoints is the test's own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nightlight.audit import log
from nightlight.audit.models import Entry


@pytest.fixture
def own_home(home: None, settings: Any, tmp_path: Path) -> Path:
    """The home, in a folder that only this test sees."""
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, home=tmp_path)
    return tmp_path


@pytest.fixture
def write(home: None) -> Callable[[int], list[Entry]]:
    """`write(3)` records three entries."""

    def some(count: int) -> list[Entry]:
        return [log.record("test.act", by="system", number=number) for number in range(count)]

    return some
