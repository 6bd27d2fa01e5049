"""Due work: what must still happen, who does it, and how it is claimed.

A task is a plain function that takes ids. `@task` runs whole inside the transaction that deletes its row, so its
effect in the database happens exactly once. `@outward` runs outside any transaction because it talks to the
world (a page, a mail server) and returns the function that records what came of it, which then runs inside that
transaction; its outside effect must carry an idempotency key of its own. `@many` does several pieces in one
transaction, with few statements for all of them; where that fails each is done alone (`many.py`).

Claims follow the lease pattern: `leased_by` is new for each claim, so a worker that lost its lease can't finish.
PostgreSQL uses SKIP LOCKED, SQLite the single writer of BEGIN IMMEDIATE.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from nightlight.work import clock
from nightlight.work.models import Work

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(hours=1)
MOST_ATTEMPTS = 12
AHEAD = 4  # how many times as many rows as it takes a claim looks through for more of one kind

Record = Callable[[], object]
Args = dict[str, str]


class LostLease(Exception):
    """Another worker holds this work now; whatever was done here is not recorded."""


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: `run` does it; `outward` says that it talks to the world; `every` that it recurs; `most` how many
    pieces of it are claimed at once."""

    name: str
    run: Callable[..., object]
    outward: bool
    every: timedelta | None = None
    most: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """The next `count` of what was claimed together, and what does them inside one transaction."""

    count: int
    record: Record


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


def many(
    name: str, most: int
) -> Callable[[Callable[[Sequence[Args]], Iterable[Part]]], Callable[[Sequence[Args]], Iterable[Part]]]:
    """Declares work of which up to `most` pieces are claimed at once. The function gets the arguments of each, reads
    outside any transaction what it needs, and gives the parts in that order, each small enough for one transaction."""
    declare = _declare(name, outward=False, most=most)
    return cast(
        Callable[[Callable[[Sequence[Args]], Iterable[Part]]], Callable[[Sequence[Args]], Iterable[Part]]],
        declare,
    )


def _declare(
    name: str, *, outward: bool, period: timedelta | None = None, most: int = 1
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    def declare(run: Callable[..., object]) -> Callable[..., object]:
        if name in TASKS and TASKS[name].run.__qualname__ != run.__qualname__:
            raise RuntimeError(f"two tasks are called {name}")
        TASKS[name] = Task(name, run, outward, period, most)
        return run

    return declare


def enqueue(
    name: str,
    *,
    due: datetime | None = None,
    key: str | None = None,
    pulls_clock: bool = True,
    urgent: bool = False,
    **ids: UUID | str,
) -> Work:
    """Writes down that `name` must happen at `due` (hotline time, now if not given), in the caller's transaction. Once
    it is due it is done before all that is not `urgent`, however much of that there is.

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
        "urgent": urgent,
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
    """Leases the urgent work that has been due longest, else the other; None if there is none. `worker` names the
    process in `leased_by`."""
    return next(iter(_claim(worker, alone=True)), None)


def claim_all(worker: str) -> list[Work]:
    """Leases the work that `claim` would and, where many of its kind are done together, the next of that kind.
    Work that was tried before is claimed alone, so that what ends a process takes nothing with it twice."""
    return _claim(worker, alone=False)


def _claim(worker: str, *, alone: bool) -> list[Work]:
    # Looking first without a lock lets an idle worker leave SQLite's one writer alone.
    if not _claimable().exists():
        return []
    with transaction.atomic():
        rows = _claimable().order_by("due", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        first = rows.filter(urgent=True).first() or rows.first()
        if first is None:
            return []
        # What no task of ours knows is claimed as well, to be given up by itself: it must hold up nothing.
        known = first.task in TASKS and not alone and not first.attempts
        works, most = [first], TASKS[first.task].most if known else 1
        if most > 1:
            queue = _claimable().filter(urgent=True) if first.urgent else _claimable()
            ahead = queue.order_by("due", "id").values("pk")[: AHEAD * most]
            alike = rows.filter(task=first.task, attempts=0, pk__in=ahead).exclude(pk=first.pk)
            works += alike[: most - 1]
        name, until = f"{worker}:{uuid4().hex[:8]}", clock.real_now() + LEASE
        Work.objects.filter(pk__in=[work.pk for work in works]).update(
            attempts=F("attempts") + 1, leased_by=name, leased_until=until
        )
        for work in works:
            work.attempts, work.leased_by, work.leased_until = work.attempts + 1, name, until
        return works


def _claimable() -> QuerySet[Work]:
    real = clock.real_now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=real)
    ready = Q(not_before__isnull=True) | Q(not_before__lte=real)
    return Work.objects.filter(free & ready, state=Work.State.DUE, due__lte=clock.now())


def renew(works: Sequence[Work]) -> bool:
    """Lengthens the lease of works of one claim that take long. False if nothing of it is left."""
    held = Work.objects.filter(pk__in=[work.pk for work in works], leased_by=works[0].leased_by)
    return bool(held.update(leased_until=clock.real_now() + LEASE))


def perform(work: Work) -> None:
    """Does claimed work and deletes its row in the transaction of its effect. Raises LostLease, or whatever the
    task raised (then nothing is recorded)."""
    found = TASKS[work.task]
    if found.most > 1:
        for part in cast(Iterable[Part], found.run([work.args])):
            finish([work], part.record)
    elif found.outward:
        answer = found.run(**work.args)
        if not callable(answer):
            raise TypeError(f"{work.task} must return what records its result")
        finish([work], answer)
    else:
        finish([work], lambda: found.run(**work.args))


def finish(works: Sequence[Work], record: Callable[[], object]) -> None:
    """Records the effect of works of one claim and deletes their rows, in one transaction. Raises LostLease if another
    worker holds any of them now, or whatever `record` raised (then nothing is recorded)."""
    found = TASKS[works[0].task]
    with transaction.atomic():
        mine = Work.objects.filter(pk__in=[work.pk for work in works], leased_by=works[0].leased_by)
        if len(mine.select_for_update().order_by("pk").values_list("pk")) < len(works):
            raise LostLease(found.name)
        if found.every:
            mine.update(
                due=clock.now() + found.every, attempts=0, leased_until=None, leased_by="", last_error=""
            )
        else:
            mine.delete()
        record()


def fail(work: Work, error: Exception) -> None:
    """Gives failed work back: again after a growing pause of real time, dead after MOST_ATTEMPTS."""
    pause = min(BACK_OFF * 2 ** (work.attempts - 1), LONGEST_BACK_OFF)
    found = TASKS.get(work.task)
    dead = work.attempts >= MOST_ATTEMPTS and not (found and found.every)
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
