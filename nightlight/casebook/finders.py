"""How the desk finds cases by what people hold in their hands: a stage registers what it knows to look up.

A finder gets the text as typed and returns the ids of the cases it names exactly, none if it is nothing of its kind.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

Finder = Callable[[str], Iterable[UUID]]

_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Adds or replaces a way to find cases; `name` such as `address` or `serial` stands in the log of searches."""
    _finders[name] = finder


def find_cases(text: str) -> dict[UUID, str]:
    """Every case that the text names, with the finder that knew it first."""
    found: dict[UUID, str] = {}
    for name, finder in _finders.items():
        for case_id in finder(text):
            found.setdefault(case_id, name)
    return found
