"""Every switch of the house in one list: how it stands, and what happens without it.

A room registers its own group; the page only iterates. Nothing here changes anything, and nothing here is a secret.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Shown:
    """One switch or setting: its name, how it stands now, what happens without it, and where it is changed: the path
    of a page, or empty where only the operator can."""

    label: Words
    state: Words
    without: Words
    where: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Switches that belong together. `rows` reads them as they stand."""

    name: str
    label: Words
    order: int
    rows: Callable[[], Iterable[Shown]]


_groups: dict[str, Group] = {}


def register(group: Group) -> None:
    """Adds or replaces a group; called when Django starts."""
    _groups[group.name] = group


def all_groups() -> list[Group]:
    """Every group, in the order of the page."""
    return sorted(_groups.values(), key=lambda group: group.order)
