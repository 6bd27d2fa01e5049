"""Who must not be asked now, because they had enough of the material, have a break due or are about to go home: asked
by whoever picks people, answered by the stage that counts it."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from nightlight.accounts.models import Person

Strained = Callable[[Collection[Person]], set[UUID]]

_strained: list[Strained] = []


def register(strained: Strained) -> None:
    """Names who knows: given people, it returns the ids of those who can't be asked. Called when Django starts."""
    _strained[:] = [strained]


def rested(people: Iterable[Person]) -> list[Person]:
    """Those of these people who can be asked now, in the same order."""
    found = list(people)
    strained = {person for ask in _strained for person in ask(found)} if found else set()
    return [person for person in found if person.pk not in strained]
