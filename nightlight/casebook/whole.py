"""Whether all that a case's page shows is known to us: a stage that knows of something left out says so here.

What is decided without a person's look at each page (assess/groups.py) asks this first.
"""

from collections.abc import Callable, Collection
from uuid import UUID

Lacking = Callable[[Collection[UUID]], set[UUID]]

_lacking: list[Lacking] = []


def register(lacking: Lacking) -> None:
    """Adds a function that gives, of these cases, those of which something was not read; called when Django starts."""
    if lacking not in _lacking:
        _lacking.append(lacking)


def not_whole(case_ids: Collection[UUID]) -> set[UUID]:
    """Those of these cases of whose page something is not known."""
    return set().union(*(lacking(case_ids) for lacking in _lacking)) if case_ids else set()
