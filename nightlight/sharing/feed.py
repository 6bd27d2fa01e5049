"""The feed of a list: every change in the order of the log, read from a cursor that never skips or repeats one.

Changes commit in any order, so neither their time nor their id can be a cursor: a late one would be jumped over.
The audit sequencer places entries one after the other once they are committed, so the leaf number of a change's
audit entry is its place. `settled` is the number of leaves at the start of the reading: a change that has a place
below it was committed before, so all of them are seen; the next cursor is never beyond it.
"""

import re
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from nightlight.audit import log
from nightlight.audit.models import Leaf, Tree
from nightlight.sharing.models import Change, ListName, Member, OwnImageChange
from nightlight.sharing.verbs import actor, may_take
from nightlight.work import clock

_CURSOR = re.compile(r"(hashes|urls|own-image-unseen)\.([0-9a-f]{1,15})")
Numbered = TypeVar("Numbered", Change, OwnImageChange)
_CHUNK = 900  # below SQLite's limit of variables


class BadCursor(ValueError):
    """A cursor that this list never gave."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some changes in order, where to go on, and whether there is more now."""

    changes: list[Change]
    next: str
    more: bool


@transaction.atomic
def read(name: ListName, who: Member, since: str = "", limit: int = 100) -> Page:
    """The changes of a list from a cursor on (from the first if empty), `limit` at most, as one audit entry.

    Raises Closed, NotAgreed, BadCursor.
    """
    may_take(who, name)
    settled = settled_leaves()
    start = started(name, since, settled)
    place(Change, settled)
    rows = list(
        Change.objects.filter(list_name=name, seq__gte=start, seq__lt=settled)
        .select_related("entry__location")
        .order_by("seq")[: limit + 1]
    )
    changes, more = rows[:limit], len(rows) > limit
    end = (changes[-1].seq or 0) + 1 if more else settled
    Member.objects.filter(pk=who.pk).update(last_read_at=clock.now())
    log.record("sharing.read_list", by=actor(who), about=who, list=name, count=len(changes))
    return Page(changes, f"{name.value}.{end:x}", more)


def settled_leaves() -> int:
    """How many leaves the log has now."""
    return Tree.objects.filter(pk=1).values_list("size", flat=True).first() or 0


def started(name: str, since: str, settled: int) -> int:
    """The leaf number a cursor names. One beyond the log is from another home or before a restore. Raises BadCursor."""
    if not since:
        return 0
    found = _CURSOR.fullmatch(since)
    if not found or found[1] != name or int(found[2], 16) > settled:
        raise BadCursor("this is no cursor of this list; start again without one")
    return int(found[2], 16)


def place(model: type[Numbered], settled: int) -> None:
    """Gives every change whose audit entry is among the first `settled` leaves its number. Locked in one order,
    so that two readers wait for one another instead of standing in each other's way."""
    waiting = list(model.objects.select_for_update().filter(seq=None).order_by("pk"))
    for first in range(0, len(waiting), _CHUNK):
        some = waiting[first : first + _CHUNK]
        leaves = Leaf.objects.filter(entry_id__in=[change.audit_entry for change in some], seq__lt=settled)
        numbers = dict(leaves.values_list("entry_id", "seq"))
        placed = [change for change in some if change.audit_entry in numbers]
        for change in placed:
            change.seq = numbers[change.audit_entry]
        model.objects.bulk_update(placed, ["seq"], batch_size=200)
