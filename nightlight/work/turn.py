"""Whose turn it is where a database has one writer (SQLite): the public door goes before the worker.

SQLite wakes nobody who waits for its lock: whoever asks again soonest gets it, and a worker with much to do asks again
at once. So who writes what people wait for holds a lock of the kernel meanwhile, and the worker, before each piece of
work, waits until nobody holds it. The kernel takes it back from a process that ends. PostgreSQL needs none of this.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

FILE_NAME = "turn.lock"  # in the home


@contextmanager
def first() -> Iterator[None]:
    """Inside, no worker of this machine begins anything. Never inside a transaction: the worker may have to end its
    own."""
    descriptor = _held(fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def give_way() -> None:
    """Waits until nobody is inside `first`."""
    descriptor = _held(fcntl.LOCK_SH)
    if descriptor is not None:
        os.close(descriptor)


def _held(kind: int) -> int | None:
    if connection.vendor != "sqlite" or not settings.NIGHTLIGHT.home.is_dir():
        return None
    descriptor = os.open(settings.NIGHTLIGHT.home / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
