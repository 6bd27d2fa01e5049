"""The hotline's clock.

Deadlines, schedules and what people read use `now()`; leases, back-off, time-outs, sign-in and rate limits
use `real_now()`. In a rehearsal the clock may run fast (`x3600`) or jump: time stands while work is due and
then jumps to the next moment something is due. It never goes back, also not over a restart.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min

from nightlight.work.models import ClockState, Work

_ASKED = f"SELECT mode, origin, started, factor FROM {ClockState._meta.db_table} WHERE id = 1"  # noqa: S608
SETTING = re.compile(r"(?P<start>\S+)\s+(?:x(?P<factor>\d{1,7})|(?P<jump>jump))")


class ClockError(ValueError):
    """A clock setting that can't be used."""


@dataclass(frozen=True, slots=True)
class Setting:
    """NIGHTLIGHT_CLOCK, read: where the clock starts and how it runs (`factor` None means jump)."""

    start: datetime
    factor: int | None


def parse(text: str) -> Setting:
    """Reads `2026-01-05T09:00:00Z x3600` or `2026-01-05T09:00:00Z jump`. Raises ClockError."""
    found = SETTING.fullmatch(text.strip())
    if not found:
        raise ClockError(
            "NIGHTLIGHT_CLOCK: write it like 2026-01-05T09:00:00Z x3600 or 2026-01-05T09:00:00Z jump"
        )
    try:
        start = datetime.fromisoformat(found["start"])
    except ValueError as error:
        raise ClockError(f"NIGHTLIGHT_CLOCK: {error}") from error
    if start.tzinfo is None:
        raise ClockError("NIGHTLIGHT_CLOCK: the time needs a zone, such as Z")
    return Setting(start.astimezone(UTC), None if found["jump"] else int(found["factor"]))


def real_now() -> datetime:
    """The machine's time, UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The hotline's time, UTC; the machine's where no clock was ever set."""
    state = _state()
    return _at(state, real_now()) if state else real_now()


def apply(text: str) -> None:
    """Starts the clock as NIGHTLIGHT_CLOCK says. The same setting again, after a restart, goes on where it was;
    a clock that would go back starts at the present hotline time instead. Raises ClockError."""
    setting = parse(text)
    with transaction.atomic():
        state = ClockState.objects.select_for_update().filter(pk=1).first()
        if state and state.setting == text.strip():
            return
        start = max(setting.start, _at(state, real_now())) if state else setting.start
        run(start, setting.factor, setting_text=text.strip())


def run(
    start: datetime, factor: int | None, *, until: datetime | None = None, setting_text: str = ""
) -> None:
    """Sets the clock to `start` (never before the present hotline time) and how it runs on from there:
    `factor` hotline seconds a second, or None to jump, then no further than `until`."""
    with transaction.atomic():
        state = ClockState.objects.select_for_update().filter(pk=1).first()
        origin = max(start, _at(state, real_now())) if state else start
        ClockState.objects.update_or_create(
            pk=1,
            defaults={
                "mode": ClockState.Mode.JUMP if factor is None else ClockState.Mode.FAST,
                "origin": origin,
                "started": real_now(),
                "factor": 1 if factor is None else factor,
                "until": until,
                "setting": setting_text or (state.setting if state else ""),
            },
        )


def jump() -> bool:
    """Called when a worker finds nothing to do. In jump mode moves the clock to the next moment something is
    due, unless something is due or being done. True if the clock moved."""
    state = ClockState.objects.filter(pk=1, mode=ClockState.Mode.JUMP).first()
    if state is None or _next_moment(state) is None:
        return False
    with transaction.atomic():
        state = ClockState.objects.select_for_update().get(pk=1)
        target = _next_moment(state)
        if target is None:
            return False
        state.origin = target
        state.save(update_fields=["origin"])
        return True


def _next_moment(state: ClockState) -> datetime | None:
    """Where a jumping clock may go from here, or None."""
    if state.mode != ClockState.Mode.JUMP:
        return None
    work = Work.objects.filter(state=Work.State.DUE)
    if work.filter(due__lte=state.origin).exists() or work.filter(leased_until__gt=real_now()).exists():
        return None
    target: datetime | None = (
        work.filter(pulls_clock=True).aggregate(first=Min("due"))["first"] or state.until
    )
    if state.until:
        target = min(target, state.until) if target else state.until
    return target if target and target > state.origin else None


def _state() -> ClockState | None:
    """The clock as it is set. Asked several times in every verb, so in SQL that is not put together each time."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        row = cursor.fetchone()
    return ClockState(mode=row[0], origin=_utc(row[1]), started=_utc(row[2]), factor=row[3]) if row else None


def _utc(value: datetime | str) -> datetime:
    """A time as it is stored: SQLite gives it back in UTC without saying so."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read


def _at(state: ClockState, real: datetime) -> datetime:
    if state.mode == ClockState.Mode.JUMP:
        return state.origin
    elapsed = max(real - state.started, timedelta())
    return state.origin + elapsed * state.factor
