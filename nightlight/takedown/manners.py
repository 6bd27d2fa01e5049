"""Politeness to the hosts we look at: one request at a time to a host, and a pause between two.

Kept per process. Hosts share a fixed number of places, so that it never grows; two that share one wait for each
other, which does no harm.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.conf import settings

PAUSE_SECONDS = 1.0
PLACES = 512

_locks = [threading.Lock() for _ in range(PLACES)]
_left = [0.0] * PLACES  # when the last request there ended, on the monotonic clock


@contextmanager
def turn(host: str) -> Iterator[None]:
    """Waits until it is our turn to ask `host`; no waiting where limits are off."""
    if not settings.NIGHTLIGHT.limits:
        yield
        return
    place = crc32(host.encode()) % PLACES
    with _locks[place]:
        pause = _left[place] + PAUSE_SECONDS - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        try:
            yield
        finally:
            _left[place] = time.monotonic()
