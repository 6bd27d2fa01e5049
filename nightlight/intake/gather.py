"""Reports that arrive at the same time are written in one transaction: one commit reaches the disk for all of them.

Only where a web process asked for it (`begin`): one thread writes, the threads that answer wait until their report is
durable. So a receipt is never given for what a crash could lose, and writers do not queue for the database's lock.
Whatever fails together is tried again alone, so that nobody's report falls with another's; only where the database
itself takes nothing, as on a full disk, everybody is told at once.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue

from django.db import OperationalError, close_old_connections, connection

from nightlight.intake.arrival import Arrived, Received, write
from nightlight.intake.models import Repeat
from nightlight.work import turn

log = logging.getLogger(__name__)

MOST = 64  # in one transaction; more would make the first of them wait
GATHER = 0.01  # seconds that the first of them waits for others, where the last did not come alone either
ASK_AGAIN = 0.002  # seconds
LONGEST_WAIT = 20.0  # for SQLite's one writer
LOOKS_AFTER = 1.0  # seconds between two looks whether the writer is still there


class WriterGone(RuntimeError):
    """The thread that writes ended; whoever waits for it must be told that nothing was kept."""


class AnsweredBefore(RuntimeError):
    """This request was answered before, or the same came a moment earlier; nothing is written."""


class _NobodyWrites(Exception):
    """The database takes nothing at the moment, whoever's it is; `why` is what it said."""

    def __init__(self, why: OperationalError) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(slots=True)
class _Waiting:
    """One report, and what became of it once `done` is set."""

    arrived: Arrived
    done: threading.Event = field(default_factory=threading.Event)
    received: Received | None = None
    error: Exception | None = None


class _Door:
    """The queue of this process and its one writer."""

    def __init__(self) -> None:
        self.queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self.thread = threading.Thread(target=self._write, name="reports", daemon=True)
        self.thread.start()

    def keep(self, arrived: Arrived) -> Received:
        waiting = _Waiting(arrived)
        self.queue.put(waiting)
        while not waiting.done.wait(LOOKS_AFTER):
            if not self.thread.is_alive() and not waiting.done.is_set():
                raise WriterGone("the report is not written: this process writes no reports any more")
        if waiting.received is None:
            raise waiting.error or RuntimeError("a report was neither written nor refused")
        return waiting.received

    def end(self) -> None:
        """Writes what is waiting, and nothing more."""
        self.queue.put(None)
        self.thread.join()

    def _write(self) -> None:
        alone = True
        while first := self.queue.get():
            if not alone:
                time.sleep(GATHER)
            together = [first]
            while len(together) < MOST and not self.queue.empty():
                following = self.queue.get()
                if following is None:
                    self.queue.put(None)
                    break
                together.append(following)
            alone = len(together) == 1
            _settle(together)
        connection.close()


_door: _Door | None = None


def begin() -> None:
    """From now on this process gathers reports; called by a process that serves the web."""
    global _door
    if _door is None or not _door.thread.is_alive():
        _door = _Door()


def keep(arrived: Arrived) -> Received:
    """Writes one report, durably when this returns: with others where they are gathered, else in a transaction of its
    own or the caller's."""
    if _door is None or not _door.thread.is_alive() or connection.in_atomic_block:
        return write([arrived])[0]
    return _door.keep(arrived)


def _settle(together: list[_Waiting]) -> None:
    """Writes them all; where that fails, each alone. Every one of them is answered."""
    try:
        close_old_connections()  # such as one that its server ended
        new = _new(together)
        written = _durably([each.arrived for each in new]) if new else []
        for waiting, received in zip(new, written, strict=True):
            waiting.received = received
    except Exception as error:
        if isinstance(error, _NobodyWrites) or len(together) == 1:
            for waiting in together:
                waiting.error = error.why if isinstance(error, _NobodyWrites) else error
        else:
            log.warning("reports are written one by one", extra={"error": type(error).__name__})
            for waiting in together:
                _settle([waiting])
    for waiting in together:
        waiting.done.set()


def _new(together: list[_Waiting]) -> list[_Waiting]:
    """Those whose request was not answered before. The others are told so here: the database would refuse all that
    are written with them."""
    keys = [each.arrived.repeat.key_digest if each.arrived.repeat else "" for each in together]
    sent = [key for key in keys if key]
    rows = Repeat.objects.filter(key_digest__in=sent).values_list("key_digest", flat=True)
    answered = set(rows) if sent else set()
    new = []
    for waiting, key in zip(together, keys, strict=True):
        if key in answered:
            waiting.error = AnsweredBefore("the same was sent before")
        else:
            new.append(waiting)
        if key:
            answered.add(key)
    return new


def _durably(arrived: Sequence[Arrived]) -> list[Received]:
    """Writes them, before whatever a worker would begin. SQLite has whoever waits for its one writer sleep longer and
    longer: who waits here stands for many, so it asks again soon."""
    if connection.vendor != "sqlite":
        return write(arrived)
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 0")
    last = time.monotonic() + LONGEST_WAIT
    with turn.first():
        while True:
            try:
                while not _is_free() and time.monotonic() < last:
                    time.sleep(ASK_AGAIN)
                return write(arrived)
            except OperationalError as error:
                if not _is_busy(error.__cause__) or time.monotonic() > last:
                    raise _NobodyWrites(error) from error


def _is_free() -> bool:
    """Whether nobody writes to SQLite at this moment, asked in a tenth of the time that beginning in vain takes."""
    try:
        connection.connection.execute("BEGIN IMMEDIATE")
        connection.connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return not _is_busy(error)
    return True


def _is_busy(error: BaseException | None) -> bool:
    """Whether another writer is at it; anything else, such as a full disk, does not pass by waiting a moment."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
