"""Hostile files take their own process with them, and nothing else."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nightlight.fingerprint import digests
from nightlight.fingerprint.confined import has_landlock
from nightlight.fingerprint.errors import MediaError
from nightlight.fingerprint.sandbox import Sandbox, Unavailable

HOSTILE = "tests.fingerprint.hostile:examine"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(workers=1, seconds=60, megabytes=256, examine=HOSTILE)
    yield made
    made.close()


def test_a_file_gets_its_fingerprints_and_digests_that_no_child_could_forge(sandbox: Sandbox) -> None:
    found = sandbox.fingerprints(b"picture of a lamp")

    assert (found.kind, found.pdq, found.quality) == ("image", "0f" * 32, 90)
    assert found.digests == digests(b"picture of a lamp")


@pytest.mark.parametrize(
    ("word", "name"),
    [
        (b"hoard", "out_of_memory"),
        (b"segfault", "unreadable"),
        (b"quiet", "unreadable"),
        (b"lie", "unreadable"),
        (b"flood", "unreadable"),
        (b"broken", "truncated"),
        (b"no such word", "unreadable"),
        (b"", "empty"),
    ],
)
def test_a_hostile_file_is_a_named_error_and_the_next_is_read(
    sandbox: Sandbox, word: bytes, name: str
) -> None:
    with pytest.raises(MediaError) as told:
        sandbox.fingerprints(word)

    assert told.value.name == name
    assert sandbox.fingerprints(b"picture").quality == 90


@pytest.mark.parametrize("word", [b"spin", b"linger"])
def test_a_file_that_never_ends_is_given_up_and_the_next_is_read(
    sandbox: Sandbox, word: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as impatient, pytest.raises(MediaError) as told:
        impatient.setattr(sandbox, "seconds", 1)
        sandbox.fingerprints(word)

    assert told.value.name == "timed_out"
    assert sandbox.fingerprints(b"picture").quality == 90


def test_a_file_of_many_megabytes_goes_through_the_pipe_whole(sandbox: Sandbox) -> None:
    found = sandbox.fingerprints(b"size " + bytes(9_000_000))

    assert found.width == 9_000_005


@pytest.mark.skipif(has_landlock() < 4, reason="this kernel has no Landlock for files and TCP")
def test_a_child_opens_no_file_no_connection_and_inherits_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NIGHTLIGHT_EMAIL_URL", "smtp://user:secret@127.0.0.1:25")
    confined = Sandbox(seconds=60, megabytes=256, examine=HOSTILE)
    try:
        found = confined.fingerprints(b"look_around")
    finally:
        confined.close()

    assert found.width == 0
    assert found.height <= 1  # the pipe of its answer


def test_more_files_than_processes_wait_for_their_turn(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(sandbox.fingerprints, [b"picture %d" % n for n in range(24)]))

    assert [each.digests.sha256 for each in found] == [digests(b"picture %d" % n).sha256 for n in range(24)]


def test_a_file_that_holds_the_only_process_makes_others_wait_no_longer_than_the_cap() -> None:
    one = Sandbox(workers=1, seconds=1, megabytes=256, examine=HOSTILE)
    one.warm_up()
    try:
        with ThreadPoolExecutor(3) as pool:
            asked = [pool.submit(one.fingerprints, b"spin") for _ in range(3)]
            names = {_name(future) for future in asked}
    finally:
        one.close()

    assert names == {"timed_out"}


def test_a_process_that_was_killed_between_two_files_is_replaced(sandbox: Sandbox) -> None:
    sandbox.fingerprints(b"picture")
    for beside in list(sandbox._all):
        os.kill(beside._process.pid, signal.SIGKILL)

    found = sandbox.fingerprints(b"picture")

    assert found.quality == 90


def test_where_no_process_starts_it_says_so() -> None:
    nowhere = Sandbox(examine="nowhere:examine")

    with pytest.raises(Unavailable):
        nowhere.fingerprints(b"picture")

    nowhere.close()


def test_closing_ends_every_process() -> None:
    made = Sandbox(examine=HOSTILE)
    made.warm_up()
    process = next(iter(made._all))._process

    made.close()

    assert process.poll() is not None
    with pytest.raises(Unavailable):
        made.fingerprints(b"picture")


def test_a_parent_that_is_killed_leaves_nothing_behind() -> None:
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from nightlight.fingerprint.sandbox import Sandbox\n"
        f"made = Sandbox(seconds=600, megabytes=256, examine='{HOSTILE}'); made.warm_up()\n"
        "print(next(iter(made._all))._process.pid, flush=True)\n"
        "made.fingerprints(b'spin')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    beside = int((parent.stdout or sys.stdin).readline())
    _until(lambda: bool(_children(beside)))
    child = _children(beside)

    parent.kill()
    parent.wait()

    _until(lambda: not _lives(beside) and not any(_lives(each) for each in child))


def _name(future: object) -> str:
    error = future.exception()  # type: ignore[attr-defined]
    assert isinstance(error, MediaError)
    return error.name


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(text) for text in path.read_text().split()] if path.exists() else []


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _until(true: object) -> None:
    """Returns once it is true; a minute is far more than it takes."""
    wake, end = threading.Event(), time.monotonic() + 60
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        wake.wait(0.02)
