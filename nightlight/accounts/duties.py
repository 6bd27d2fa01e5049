"""Open duties: what is somebody's to finish and would be forgotten if they left.

A stage registers what it knows: whose it is now, and who may take it over. A duty is handed to somebody by a row of
its own (`accounts.Handed`), so that the record of who did what stays as it was.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from nightlight.accounts.models import Handed, Person
from nightlight.accounts.permissions import Permission
from nightlight.work import clock

Find = Callable[[Person], Iterable[tuple[UUID, str]]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A kind of duty. `find(person)` gives the rows that are theirs, each with a line that names no material;
    `give_back`, where there is one, ends the duty by itself and returns how many: then nobody takes it over."""

    name: str
    label: str | Promise
    permission: Permission
    find: Find
    give_back: Callable[[Person], int] | None = None
    where: str = ""  # the page that shows such a row; `{row}` is its id


@dataclass(frozen=True, slots=True)
class Open:
    """One kind of duty that somebody has, and its rows."""

    duty: Duty
    rows: list[tuple[UUID, str]]


_duties: dict[str, Duty] = {}


def register(duty: Duty) -> None:
    """Adds or replaces a kind of duty; called when Django starts."""
    _duties[duty.name] = duty


def all_duties() -> list[Duty]:
    """Every kind of duty, in the order of their registration."""
    return list(_duties.values())


def open_of(person: Person) -> list[Open]:
    """What a person would leave behind: their own duties and those handed to them that are not done."""
    handed = {(row.duty, row.row_id): row for row in Handed.objects.filter(to=person, done_at=None)}
    away = set(Handed.objects.filter(whose=person).values_list("duty", "row_id"))
    found = []
    for duty in all_duties():
        own = [(row, line) for row, line in duty.find(person) if (duty.name, row) not in away]
        taken = [(row, given.line) for (name, row), given in handed.items() if name == duty.name]
        rows = own + [pair for pair in taken if pair[0] not in {row for row, _ in own}]
        if rows:
            found.append(Open(duty, rows))
    return found


def handed_to(person: Person) -> Iterator[tuple[Handed, str]]:
    """What others left to this person and is not done, with the page that shows it."""
    for row in Handed.objects.filter(to=person, done_at=None).select_related("whose").order_by("pk"):
        duty = _duties.get(row.duty)
        yield row, duty.where.format(row=row.row_id) if duty else ""


def hand_over(open_: Open, whose: Person, to: Person | None) -> int:
    """Writes down who has each row from now on; None leaves it open, for the office to see. In the caller's
    transaction. Returns how many rows."""
    Handed.objects.filter(
        to=whose, done_at=None, duty=open_.duty.name, row_id__in=[row for row, _ in open_.rows]
    ).update(done_at=clock.now())
    Handed.objects.bulk_create(
        Handed(duty=open_.duty.name, row_id=row, line=line[:200], whose=whose, to=to, at=clock.now())
        for row, line in open_.rows
    )
    return len(open_.rows)
