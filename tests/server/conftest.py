"""A home whose folder and key ring are the test's own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nightlight.vault import KeyRing


@pytest.fixture
def own_ring(settings: Any, tmp_path: Path) -> KeyRing:
    """A ring that only this test turns, in a folder that only it sees. Ask for it before `home`."""
    folder = tmp_path / "home"
    ring = KeyRing.create(folder / "keys")
    folder.chmod(0o700)
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, home=folder)
    settings.NIGHTLIGHT_RING = ring
    return ring
