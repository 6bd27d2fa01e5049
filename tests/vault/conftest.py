"""A key ring of its own for every test that asks for one."""

from pathlib import Path

import pytest

from nightlight.vault import KeyRing


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The directory of a ring, not yet made."""
    return tmp_path / "home" / "keys"


@pytest.fixture
def ring(keys: Path) -> KeyRing:
    return KeyRing.create(keys)


@pytest.fixture(scope="session")
def lasting_ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """One ring for all examples of a property; nobody rotates it."""
    return KeyRing.create(tmp_path_factory.mktemp("lasting") / "keys")
