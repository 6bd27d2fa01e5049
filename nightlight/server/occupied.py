"""Who uses a home right now: every server, worker and backup holds a lock that the kernel takes back when it ends.

It tells of this machine only; for the others there are the leases of due work and the operator.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "running.lock"


class Occupied(Exception):
    """Something runs on this home, or must run alone on it; the message says what to do."""


@contextmanager
def beside_others(home: Path) -> Iterator[None]:
    """Uses the home as any number of processes may. Raises Occupied while one must be alone."""
    with _locked(
        home, fcntl.LOCK_SH, "the index keys of this home are being rotated; wait until that is done"
    ):
        yield


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Uses the home with nobody else on this machine. Raises Occupied if there is somebody."""
    refusal = (
        "something runs on this home: stop nightlight serve, web, work and backup, here and on every machine"
    )
    with _locked(home, fcntl.LOCK_EX, refusal):
        yield


@contextmanager
def _locked(home: Path, kind: int, refusal: str) -> Iterator[None]:
    descriptor = os.open(home / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(refusal) from None
        yield
    finally:
        os.close(descriptor)
