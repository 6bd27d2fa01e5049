"""Due work: what must still happen, who does it, and how it is claimed.

A task is a plain function that takes ids. `@task` runs whole inside the transaction that deletes its row, so its
effect in the database happens exactly once. `@outward` runs outside any transaction because it talks to the
world (a page, a mail server) and returns the function that records what came of it, which then runs inside that
transaction; its outside effect must carry an idempotency key of its own.

Claims follow the lease pattern: `leased_by` is new for each claim, so a worker that lost its lease can't finish.
PostgreSQL uses SKIP LOCKED, SQLite the single writer of BEGIN IMMEDIATE.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from nightlight.work import clock
from nightlight.work.models import Work

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(hours=1)
MOST_ATTEMPTS = 12

Record = Callable[[], object]
Args = dict[str, str]


class LostLease(Exception):
    """Another worker holds this work now; whatever was done here is not recorded."""


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: `run` does it; `outward` says that it talks to the world; `every` that it recurs."""

    name: str
    run: Callable[..., object]
    outward: bool
    every: timedelta | None = None


@dataclass(slots=True)
class _Gathered:
    """What is enqueued together: the moment it all is due unless it says otherwise, and the rows."""

    moment: datetime
    rows: list[Work] = field(default_factory=list)


TASKS: dict[str, Task] = {}
_gathered: ContextVar[_Gathered | None] = ContextVar("gathered", default=None)


def task(name: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Declares work that only touches the database."""
    return _declare(name, outward=False)


def outward(name: str) -> Callable[[Callable[..., Record]], Callable[..., Record]]:
    """Declares work that talks to the world: the function returns what records the result."""
    return cast(Callable[[Callable[..., Record]], Callable[..., Record]], _declare(name, outward=True))


def every(period: timedelta, name: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declares upkeep that recurs by the hotline's clock; late, it runs once and not once per missed period."""
    return _declare(name, outward=False, period=period)


def _declare(
    name: str, *, outward: bool, period: timedelta | None = None
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    def declare(run: Callable[..., object]) -> Callable[..., object]:
        if name in TASKS and TASKS[name].run.__qualname__ != run.__qualname__:
            raise RuntimeError(f"two tasks are called {name}")
        TASKS[name] = Task(name, run, outward, period)
        return run

    return declare


def enqueue(
    name: str,
    *,
    due: datetime | None = None,
    key: str | None = None,
    pulls_clock: bool = True,
    **ids: UUID | str,
) -> Work:
    """Writes down that `name` must happen at `due` (hotline time, now if not given), in the caller's transaction.

    With a `key` the same work is queued once: a second call returns the row that is there.
    Raises KeyError for a task nobody declared.
    """
    TASKS[name]
    gathered = _gathered.get()
    values = {
        "task": name,
        "args": {field: str(value) for field, value in ids.items()},
        "due": due or (gathered.moment if gathered else clock.now()),
        "pulls_clock": pulls_clock,
    }
    if gathered is not None:
        gathered.rows.append(Work(key=key, **values))
        return gathered.rows[-1]
    if key is None:
        return Work.objects.create(**values)
    work, _ = Work.objects.get_or_create(key=key, defaults=values)
    return work


@contextmanager
def together(now: datetime) -> Iterator[None]:
    """What is enqueued inside is written with one statement at the end, in the caller's transaction: for verbs that
    do the same for many rows. A key that is queued already is left as it is; the row that `enqueue` returns inside
    is not the queued one then. `now` is the hotline's time."""
    found = _Gathered(now)
    token = _gathered.set(found)
    try:
        yield
    finally:
        _gathered.reset(token)
    Work.objects.bulk_create(found.rows, ignore_conflicts=True)


def cancel(key: str) -> bool:
    """Takes work back that nobody needs any more. True if there was some."""
    return Work.objects.filter(key=key).delete()[0] > 0


def hasten(key: str, moment: datetime) -> bool:
    """Brings queued work forward to `moment`; work that is due earlier stays. True if it was moved."""
    return Work.objects.filter(key=key, due__gt=moment).update(due=moment) > 0


def ensure_schedules() -> None:
    """Queues every recurring task once."""
    for found in TASKS.values():
        if found.every:
            enqueue(found.name, key=f"every:{found.name}", pulls_clock=False)


def claim(worker: str) -> Work | None:
    """Leases the work that has been due longest, or None. `worker` names the process in `leased_by`."""
    # Looking first without a lock lets an idle worker leave SQLite's one writer alone.
    if not _claimable().exists():
        return None
    with transaction.atomic():
        rows = _claimable().order_by("due", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        work = rows.first()
        if work is None:
            return None
        work.attempts += 1
        work.leased_by = f"{worker}:{uuid4().hex[:8]}"
        work.leased_until = clock.real_now() + LEASE
        work.save(update_fields=["attempts", "leased_by", "leased_until"])
        return work


def _claimable() -> QuerySet[Work]:
    real = clock.real_now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=real)
    ready = Q(not_before__isnull=True) | Q(not_before__lte=real)
    return Work.objects.filter(free & ready, state=Work.State.DUE, due__lte=clock.now())


def renew(work: Work) -> bool:
    """Lengthens the lease of work that takes long. False if it was lost."""
    return bool(
        Work.objects.filter(pk=work.pk, leased_by=work.leased_by).update(
            leased_until=clock.real_now() + LEASE
        )
    )


def perform(work: Work) -> None:
    """Does claimed work and deletes its row in the transaction of its effect. Raises LostLease, or whatever the
    task raised (then nothing is recorded)."""
    found = TASKS[work.task]
    record: Record | None = None
    if found.outward:
        answer = found.run(**work.args)
        if not callable(answer):
            raise TypeError(f"{work.task} must return what records its result")
        record = answer
    with transaction.atomic():
        mine = Work.objects.select_for_update().filter(pk=work.pk, leased_by=work.leased_by).first()
        if mine is None:
            raise LostLease(work.task)
        if found.every:
            Work.objects.filter(pk=work.pk).update(
                due=clock.now() + found.every, attempts=0, leased_until=None, leased_by="", last_error=""
            )
        else:
            mine.delete()
        if record:
            record()
        else:
            found.run(**work.args)


def fail(work: Work, error: Exception) -> None:
    """Gives failed work back: again after a growing pause of real time, dead after MOST_ATTEMPTS."""
    pause = min(BACK_OFF * 2 ** (work.attempts - 1), LONGEST_BACK_OFF)
    dead = work.attempts >= MOST_ATTEMPTS and not TASKS[work.task].every
    Work.objects.filter(pk=work.pk, leased_by=work.leased_by).update(
        state=Work.State.DEAD if dead else Work.State.DUE,
        leased_until=None,
        leased_by="",
        not_before=clock.real_now() + pause,
        last_error=type(error).__name__,
    )


def revive(work_id: UUID) -> bool:
    """Puts dead work back in the queue. False if it was not dead."""
    return bool(
        Work.objects.filter(pk=work_id, state=Work.State.DEAD).update(
            state=Work.State.DUE, attempts=0, not_before=None, leased_until=None, last_error=""
        )
    )


def release(claim_name: str) -> int:
    """Frees the lease of a claim whose worker is known to be dead (see `worker.release_dead`)."""
    return Work.objects.filter(leased_by=claim_name, leased_until__isnull=False).update(
        leased_until=None, leased_by=""
    )
