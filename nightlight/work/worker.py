"""The worker: threads that claim due work until they are told to stop."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import close_old_connections, connection

from nightlight.work import clock, due, many, turn
from nightlight.work.models import Work

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.2
RENEW_SECONDS = due.LEASE / timedelta(seconds=3)
BESIDE_SECONDS = 1.0

# What every worker does beside its work, each second of real time however the hotline's clock runs. Rooms that know
# the worker, which knows none of them, add to it when Django starts. Safe in many workers at once is their business.
beside: list[Callable[[], object]] = []


class Worker:
    """`threads` threads doing due work; `start`, then `stop`. `run_until_idle` serves tests."""

    def __init__(self, threads: int = 1) -> None:
        self.name = f"{_machine()}:{os.getpid()}:{_started(os.getpid())}:{uuid.uuid4().hex[:6]}"
        self._stop = threading.Event()
        self._doing: dict[int, Sequence[Work]] = {}
        self._threads = [
            threading.Thread(target=self._loop, name=f"worker-{n}", daemon=True) for n in range(threads)
        ]
        self._renewer = threading.Thread(target=self._renew, name="worker-renew", daemon=True)
        self._beside = threading.Thread(target=self._keep_beside, name="worker-beside", daemon=True)

    def start(self) -> None:
        """Frees what dead workers of this machine held, queues the schedules and starts the threads."""
        release_dead()
        due.ensure_schedules()
        for thread in [*self._threads, self._renewer, self._beside]:
            thread.start()

    def stop(self, seconds: float = 8) -> None:
        """Asks the threads to finish what they hold and waits that long at most; the lease covers the rest."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=seconds / max(len(self._threads), 1))
        self._beside.join(timeout=BESIDE_SECONDS)

    def run_until_idle(self) -> int:
        """Does all that is due now, in this thread; returns how many pieces were done or failed."""
        count = 0
        while works := due.claim_all(self.name):
            self._do(works)
            count += len(works)
        for act in beside:
            act()
        return count

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                close_old_connections()
                turn.give_way()
                works = due.claim_all(self.name)
                if works:
                    turn.give_way()
                    self._do(works)
                elif not clock.jump():
                    self._stop.wait(IDLE_SECONDS)
            except Exception:
                # The database may be away for a while; what is due stays due.
                log.exception("worker loop")
                self._stop.wait(1)
        connection.close()

    def _do(self, works: Sequence[Work]) -> None:
        self._doing[threading.get_ident()] = works
        try:
            left = many.perform(works, turn.give_way) if len(works) > 1 else works
            for work in left:
                turn.give_way()
                self._do_alone(work)
        finally:
            self._doing.pop(threading.get_ident(), None)

    def _do_alone(self, work: Work) -> None:
        try:
            due.perform(work)
        except due.LostLease:
            log.warning("lease lost", extra={"task": work.task, "work": str(work.pk)})
        except Exception as error:
            log.warning(
                "work failed", extra={"task": work.task, "work": str(work.pk), "error": type(error).__name__}
            )
            log.debug("work failed", exc_info=True)
            due.fail(work, error)

    def _renew(self) -> None:
        while not self._stop.wait(RENEW_SECONDS):
            try:
                for works in list(self._doing.values()):
                    due.renew(works)
            except Exception:
                log.exception("renewing leases")

    def _keep_beside(self) -> None:
        while not self._stop.wait(BESIDE_SECONDS):
            close_old_connections()
            for act in beside:
                try:
                    act()
                except Exception:
                    # One that fails holds up no other, and is tried again in a second.
                    log.exception("beside the work")
        connection.close()


def release_dead() -> int:
    """Frees at once the leases of this machine's workers whose process is gone; others wait for the lease."""
    held = Work.objects.filter(leased_until__isnull=False).values_list("leased_by", flat=True).distinct()
    freed = 0
    for name in held:
        machine, pid, started = (*name.split(":"), "", "")[:3]
        if machine == _machine() and pid.isdigit() and _started(int(pid)) != started:
            freed += due.release(name)
    return freed


def _machine() -> str:
    """The host and its boot, so that process ids mean what we think they mean."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{socket.gethostname()[:32]}/{boot.read_text()[:8] if boot.exists() else ''}"


def _started(pid: int) -> str:
    """When a process started, in clock ticks (proc(5) field 22); empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""
