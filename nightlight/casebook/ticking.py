"""When the next clock that runs for a case ends, stored with the case, so that the queue can be put in that order.

A stage registers its clock with the states in which it runs. `states.move` stores the earliest end with every move;
whoever starts or ends a clock of a case that does not move calls `refresh`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nightlight.casebook.models import Case
from nightlight.casebook.words import State


@dataclass(frozen=True, slots=True)
class Clock:
    """`ends(case)` is when it ends next, on the hotline's clock; None where it does not run."""

    name: str
    states: frozenset[State]
    ends: Callable[[Case], datetime | None]


_clocks: dict[str, Clock] = {}


def register(clock: Clock) -> None:
    """Adds or replaces a clock; called when Django starts."""
    _clocks[clock.name] = clock


def next_end(case: Case) -> datetime | None:
    """The earliest end of the clocks that run in the case's state."""
    ends = (clock.ends(case) for clock in _clocks.values() if case.state in clock.states)
    return min((end for end in ends if end is not None), default=None)


def refresh(case: Case) -> None:
    """Stores it anew, in the caller's transaction, which holds the case's row."""
    case.clock_at = next_end(case)
    Case.objects.filter(pk=case.pk).update(clock_at=case.clock_at)
