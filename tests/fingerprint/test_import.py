"""The library is quick to import: what needs pixels or compiled loops waits until it is asked for."""

import subprocess
import sys

import pytest

from nightlight import fingerprint


def test_importing_it_loads_neither_arrays_nor_pixels_nor_loops() -> None:
    heavy = "{'numpy', 'numba', 'PIL', 'av', 'simplejpeg', 'django'}"

    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, nightlight.fingerprint; print({heavy} & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.strip() == "set()"


def test_its_names_are_there_when_asked_for() -> None:
    assert all(getattr(fingerprint, name) for name in fingerprint.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fingerprint.nothing
