"""The engine ray on a real cluster of this machine, and what is said where Ray is missing."""

import os
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from nightlight.fingerprint.crew import BROKE_DOWN
from nightlight.fingerprint.ray_crew import RayCrew, RayMissing
from nightlight.fingerprint.scan import scan
from tests.fingerprint.test_scan import folder, hashes, job, matcher, undisturbed

__all__ = ["folder", "hashes", "undisturbed"]


def break_down(path: str) -> str:
    if path == "bad":
        os._exit(3)
    return path


def meet(place: Path, path: str) -> int:
    """Waits, not for ever, until another process is here too."""
    (place / str(os.getpid())).touch()
    end = time.monotonic() + 20
    while len(list(place.iterdir())) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    return os.getpid()


def failed(path: str, reason: str) -> str:
    return f"{path}: {reason}"


def test_a_cluster_of_several_processes_gives_what_one_process_gives(
    folder: Path, hashes: Path, tmp_path: Path, undisturbed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent.parent))
    monkeypatch.setenv(
        "RAY_memory_monitor_refresh_ms", "0"
    )  # ends no task for what others take of this machine
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    paths = [*map(str, range(30)), "bad", *map(str, range(30, 40))]

    with RayCrew(2) as crew:
        done = scan(job(folder, hashes, tmp_path / "out"), crew, matcher(hashes))
        fallen = list(crew.map(break_down, paths, failed))
        processes = set(crew.map(partial(meet, meeting), map(str, range(20)), lambda *_: 0))

    assert (tmp_path / "out").read_bytes() == undisturbed
    assert done.failed == 2
    assert fallen == [f"bad: {BROKE_DOWN}" if path == "bad" else path for path in paths]
    assert len(processes) > 1
    assert os.getpid() not in processes


def test_where_ray_is_missing_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)  # as Python marks what can't be imported

    with pytest.raises(RayMissing, match=r"pip install 'nightlight\[ray\]'"):
        RayCrew()
