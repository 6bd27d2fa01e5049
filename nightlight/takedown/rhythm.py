"""When to look, and when looks agree: arithmetic on the looks of one episode, nothing else.

A page is gone after `AGREEING` looks that say so, each at least `APART` after the one counted before it, with none
between them that saw the page or another one. A look that could not tell neither counts nor breaks the row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightlight.takedown.models import Check

State = Check.State

APART = timedelta(hours=6)
AGREEING = 3
UNCLEAR = 6  # looks in a row that could not tell, after which the desk must look
BACK_OFF = timedelta(hours=1)
DAILY = timedelta(days=1)
WEEKLY = timedelta(days=7)

# How old a watch is, and how often it looks: most pages go within days or not for months.
PACE = ((timedelta(days=14), APART), (timedelta(days=60), DAILY))
COME_BACKS = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30, 90, 180, 365))


@dataclass(frozen=True, slots=True)
class Look:
    """What one look said, and when."""

    at: datetime
    state: Check.State


def agreeing(looks: Sequence[Look]) -> list[datetime]:
    """The times of the `gone` looks that count and agree up to now, oldest first. `looks` are in order of time and
    come after the first look."""
    row: list[datetime] = []
    for look in looks:
        if look.state == State.GONE:
            if not row or look.at - row[-1] >= APART:
                row.append(look.at)
        elif look.state != State.CANNOT_TELL:
            row = []
    return row


def is_gone(looks: Sequence[Look]) -> bool:
    """Whether enough looks agree that the page is gone."""
    return len(agreeing(looks)) >= AGREEING


def unclear(looks: Sequence[Look]) -> int:
    """How many looks in a row could not tell, up to now."""
    count = 0
    for look in reversed(looks):
        if look.state != State.CANNOT_TELL:
            break
        count += 1
    return count


def next_look(began: datetime, looks: Sequence[Look], *, waiting: bool) -> datetime:
    """When to look again at a page that is not gone. `began` is the time of the first look; a page that the desk
    must look at is watched daily at most, unless it is just going."""
    last = looks[-1].at if looks else began
    if vain := unclear(looks):
        return last + (BACK_OFF * 2 ** (vain - 1) if vain < UNCLEAR else DAILY)
    if row := agreeing(looks):
        return row[-1] + APART
    pace = next((pace for age, pace in PACE if last - began < age), WEEKLY)
    return last + (max(pace, DAILY) if waiting else pace)


def next_come_back(gone_at: datetime, looks: Sequence[Look]) -> datetime | None:
    """When to look whether a page that is gone came back; None after the last time. A look that could not tell is
    tried again the next day, a few times."""
    last = max(looks[-1].at, gone_at) if looks else gone_at
    planned = next((gone_at + after for after in COME_BACKS if gone_at + after > last), None)
    return min(planned, last + DAILY) if planned and 0 < unclear(looks) < UNCLEAR else planned
