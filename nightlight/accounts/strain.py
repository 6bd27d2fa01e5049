"""Who had as much of the material as is good for one day: asked by whoever picks people, answered by the stage that
counts it. Nobody is left without an answer for that: where all had enough, the duty goes on as it stands."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from nightlight.accounts.models import Person

Spent = Callable[[Collection[Person]], set[UUID]]

_spent: list[Spent] = []


def register(spent: Spent) -> None:
    """Names who knows: given people, it returns the ids of those who had enough. Called when Django starts."""
    _spent[:] = [spent]


def rested(people: Iterable[Person]) -> list[Person]:
    """Those of these people who can still be asked today, in the same order."""
    found = list(people)
    spent = {person for ask in _spent for person in ask(found)}
    return [person for person in found if person.pk not in spent]
