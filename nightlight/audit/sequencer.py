"""The one sequencer: gives every entry its place in the tree, so that writers never wait for one another.

Any number of workers may call it; the row of the tree is locked, so one places at a time. It follows real time,
because the log must close quickly however the hotline's clock runs.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from nightlight.audit.models import Entry, Leaf, Pending, Tree
from nightlight.audit.tree import Frontier

BATCH = 1000  # entries placed in one transaction, so that SQLite's writers wait for milliseconds only


def sequence_once() -> int:
    """Places every pending entry, in the order of their ids, and returns how many were placed."""
    placed = 0
    while Pending.objects.exists():
        count = _place_batch()
        placed += count
        if count < BATCH:
            break
    return placed


def locked_tree() -> Tree:
    """The row of the tree, made if need be and locked until the caller's transaction ends."""
    Tree.objects.get_or_create(pk=1)
    return Tree.objects.select_for_update().get(pk=1)


@transaction.atomic
def _place_batch() -> int:
    tree = locked_tree()
    # A pending id without its entry stays where it is: `verify` names it, and it holds nothing up.
    written = Entry.objects.filter(pk=OuterRef("entry_id"))
    ids = list(
        Pending.objects.filter(Exists(written))
        .order_by("entry_id")
        .values_list("entry_id", flat=True)[:BATCH]
    )
    hashes = dict(Entry.objects.filter(pk__in=ids).values_list("pk", "leaf"))
    Leaf.objects.bulk_create(
        Leaf(seq=seq, entry_id=entry_id, hash=hashes[entry_id])
        for seq, entry_id in enumerate(ids, start=tree.size)
    )
    frontier = Frontier.from_json(tree.size, tree.frontier).extend(
        bytes.fromhex(hashes[entry_id]) for entry_id in ids
    )
    tree.size, tree.frontier = frontier.size, frontier.to_json()
    tree.save(update_fields=["size", "frontier"])
    Pending.objects.filter(pk__in=ids).delete()
    return len(ids)
