"""How the queue is narrowed by what only a stage knows, such as whether an alarm is open: the stage registers a sieve.

A sieve gives the condition that cases must meet; it is asked once per page, and must be cheap where few cases meet it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Sieve:
    """`name` stands in the page's address and in saved views, `label` on the page."""

    name: str
    label: str | Promise
    condition: Callable[[], Q]


_sieves: dict[str, Sieve] = {}


def register(sieve: Sieve) -> None:
    """Adds or replaces a sieve; called when Django starts."""
    _sieves[sieve.name] = sieve


def all_sieves() -> list[Sieve]:
    """Every sieve, by its name."""
    return [_sieves[name] for name in sorted(_sieves)]
