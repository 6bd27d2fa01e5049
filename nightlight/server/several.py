"""Several processes that serve one hotline, and one that watches over them and does nothing else.

Each is forked from the one that watches, which has loaded everything and has neither a thread nor a connection to the
database: what is loaded is in memory once, and one that ended is replaced at once. All accept from the same listening
sockets, so whoever waits to be accepted by one that ends is accepted by another.
"""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

from django.db import connections

log = logging.getLogger(__name__)

FIRST, LONGEST = 1.0, 60.0  # seconds before one that ended is replaced: twice as long each time
STEADY = 60.0  # seconds since the last start after which an end counts as the first
ENDS = 8.0  # seconds at SIGTERM, a little more than a part takes by itself; then it is killed
HEARD = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}

Told = Callable[[], bool]  # whether it is time to end
Part = Callable[[Told], None]


def run(parts: Sequence[Part], doors: Sequence[socket.socket], ready: Callable[[], None]) -> None:
    """Keeps a process for each part until SIGTERM or SIGINT, then has them end; a second one cuts them off.

    `doors` are the listening sockets that the parts inherit. Calls `ready` once all are started. For a process
    without a thread of its own.
    """
    connections.close_all()
    # Signals wait until they are asked for, here and in a child that is not ready for them yet: none is lost.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    watch = _Watch(parts)
    watch.fill()
    ready()
    while (heard := signal.sigtimedwait(HEARD, watch.patience())) is None or heard.si_signo == signal.SIGCHLD:
        watch.gather()
        watch.fill()
    for door in doors:
        door.close()
    watch.send(signal.SIGTERM)
    last = time.monotonic() + ENDS
    while watch.running:
        heard = signal.sigtimedwait(HEARD, max(last - time.monotonic(), 0))
        if heard is None or heard.si_signo != signal.SIGCHLD:
            watch.send(signal.SIGKILL)
            last = time.monotonic() + ENDS
        watch.gather()


@dataclass(slots=True)
class _Watch:
    """Who runs, by process id, as the place in `parts`; when the last was started, and when the next may be."""

    parts: Sequence[Part]
    running: dict[int, int] = field(default_factory=dict)
    pause: float = 0.0
    started: float = -inf
    again: float = -inf

    def fill(self) -> None:
        """Starts whoever is missing, unless one ended a moment ago."""
        if time.monotonic() < self.again:
            return
        for place in sorted(set(range(len(self.parts))) - set(self.running.values())):
            self.started = time.monotonic()
            try:
                self.running[_fork(self.parts[place])] = place
            except OSError as error:  # such as too little memory
                self._wait(type(error).__name__)
                return
            if self.pause:
                log.info("a process that ended is replaced")

    def patience(self) -> float:
        """How long there is nothing to do but to listen, in seconds."""
        missing = len(self.running) < len(self.parts)
        return max(self.again - time.monotonic(), 0) if missing else STEADY

    def gather(self) -> None:
        """Takes note of those that ended."""
        while self.running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if self.running.pop(pid, None) is not None:
                self._wait(f"exit status {os.waitstatus_to_exitcode(status)}")

    def send(self, what: signal.Signals) -> None:
        """Sends everybody a signal. Who ended is there until `gather`, so it reaches nobody else."""
        for pid in self.running:
            os.kill(pid, what)

    def _wait(self, why: str) -> None:
        now = time.monotonic()
        self.pause = FIRST if now - self.started > STEADY else min(max(self.pause * 2, FIRST), LONGEST)
        self.again = now + self.pause
        log.warning("a process ended, and is replaced in %g s", self.pause, extra={"error": why})


def _fork(part: Part) -> int:
    watching = os.getpid()
    if pid := os.fork():
        return pid
    status = 1
    try:
        part(_told(watching))
        status = 0
    except BaseException:
        log.exception("a process that serves")
    finally:
        os._exit(status)  # what the other one has still to do at its end is not ours


def _told(watching: int) -> Told:
    """Whether this process was told to end, or nobody watches over it any more. Ctrl-C reaches the others too, and the
    one that watches passes it on."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    return lambda: bool(told) or os.getppid() != watching
