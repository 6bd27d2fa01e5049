"""Entries of our lists in the ledger: each time one was put on a list or taken off it."""

from collections import Counter, defaultdict
from collections.abc import Collection
from uuid import UUID

from nightlight.sharing.models import Change
from nightlight.stats.cells import Key, day_of

PUT_ON, TAKEN_OFF = "put_on", "taken_off"


def of_entries(entries: Collection[UUID]) -> dict[UUID, dict[Key, int]]:
    """What each of these entries puts into the ledger."""
    found: dict[UUID, Counter[Key]] = defaultdict(Counter)
    changes = Change.objects.filter(entry__in=entries)
    for entry, name, op, at in changes.values_list("entry", "list_name", "op", "at"):
        day = day_of(at)
        found[entry]["list", day, day, name, PUT_ON if op == Change.Op.PUT else TAKEN_OFF, ""] += 1
    return dict(found)
