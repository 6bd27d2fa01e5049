"""Reports that wait beside the queue: a stage registers how it knows them, so that a receipt tells of such a report
what it tells of any other. Else whoever floods a door could read from it which addresses we know.
"""

from collections.abc import Callable
from uuid import UUID

Knows = Callable[[UUID], bool]

_known: dict[str, Knows] = {}


def register(name: str, knows: Knows) -> None:
    """Adds or replaces one; `knows` gets the id of a report."""
    _known[name] = knows


def is_aside(report_id: UUID) -> bool:
    """Whether a report was weighed and waits beside the queue, or was set aside from there."""
    return any(knows(report_id) for knows in _known.values())
