"""The face of the library."""

import pytest

from nightlight import fingerprint


def test_its_names_are_there_when_asked_for() -> None:
    assert all(getattr(fingerprint, name) for name in fingerprint.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fingerprint.nothing
