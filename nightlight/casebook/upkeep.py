"""Keeping the index of known media warm and saved, beside a worker's work."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from nightlight.casebook.index import known_index
from nightlight.casebook.models import IndexChange

log = logging.getLogger(__name__)

SAVE_SECONDS = 600.0  # real time: what changed since the last saving is read from the database at a start


@dataclass(slots=True)
class Upkeep:
    """Called each second; `clock` gives seconds of real time."""

    clock: Callable[[], float] = time.monotonic
    _saved_at: float | None = field(default=None, init=False)

    def __call__(self) -> None:
        """Reads what changed, so that no question waits for it, and saves now and then."""
        if not IndexChange.objects.exists():
            return
        known_index().in_step()
        now = self.clock()
        if self._saved_at is None:
            self._saved_at = now
        elif now - self._saved_at >= SAVE_SECONDS:
            self._saved_at = now
            known_index().save()


keep_index = Upkeep()


def warm_up() -> None:
    """Compiles the loops where this machine has not yet (once, a minute), and loads the index where there is one, so
    that no question waits for either. For a thread of its own when a server starts."""
    from nightlight.fingerprint import compiled

    try:
        compiled.prepare(log.info)
        if IndexChange.objects.exists():
            known_index().in_step()
    except (
        Exception
    ):  # a database that is away for a moment, a folder that can't be written: questions try again
        log.warning("not warm yet", exc_info=True)
    finally:
        connection.close()
