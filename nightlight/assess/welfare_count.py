"""Counting time with material: pure rules, no database.

Only looks are known, not where eyes rest between them. Looks less than PAUSE apart are one stretch of time with
material, the last of a stretch counts ALONE: somebody who looks, thinks and looks again is still in it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

PAUSE = timedelta(minutes=5)
ALONE = timedelta(minutes=1)
NIGHT = timedelta(hours=8)  # without material; whoever had none works on in the day before
GRACE = PAUSE + ALONE  # what the last look of a day can add beyond a limit


@dataclass(frozen=True, slots=True)
class Tally:
    """A day so far: how often something was seen, how long with material in all and since the last break, the longest
    such run, and the last look."""

    looks: int = 0
    spent: timedelta = timedelta()
    run: timedelta = timedelta()
    longest: timedelta = timedelta()
    last: datetime | None = None


def tally(looks: Sequence[datetime], rest: timedelta) -> Tally:
    """Adds up the looks of a day, in order. `rest` is how long without material makes a break."""
    spent = run = longest = timedelta()
    for before, after in itertools.pairwise(looks):
        gap = after - before
        counted = gap if gap <= PAUSE else ALONE
        spent, run = spent + counted, run + counted
        longest = max(longest, run)
        if gap >= rest:
            run = timedelta()
    if not looks:
        return Tally()
    return Tally(len(looks), spent + ALONE, run + ALONE, max(longest, run + ALONE), looks[-1])


def today(looks: Sequence[datetime], now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Those looks, in order, that belong to the day of `now`: since midnight in this zone or, where somebody works
    over midnight, since they began after a night's rest."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    begun, after = midnight, now
    for look in reversed(looks):
        if after - look >= NIGHT:
            break
        begun, after = min(begun, look), look
    return [look for look in looks if look >= begun]
