"""Verifying the log: finds every edit, deletion, insertion and reordering up to the last signed checkpoint.

Three passes, each in constant memory. Every leaf in order: its place, its entry's bytes, and the root at each
checkpoint of the database and of this machine's copy. Then every entry that has no leaf. Then what stands beside:
the tree's own row, what waits for its place, the triggers. Entries may be written meanwhile; what is newer than the
start is left for the next time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby

from django.db import connection
from django.db.models import Exists, OuterRef, Subquery

from nightlight.audit import checkpoints, log, triggers
from nightlight.audit.models import Checkpoint, Entry, Leaf, Pending, Tree
from nightlight.audit.tree import HASH_BYTES, Frontier, leaf_hash

CHUNK = 900  # rows read at once, below SQLite's limit of variables
MOST_FINDINGS = 1000
_HOLE = bytes(HASH_BYTES)  # stands where a leaf is missing, so that what follows keeps its place


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: one sentence per finding, and how far the log is proven.

    `verified_to` is the size of the last checkpoint that is signed and agrees with every leaf before it; the
    `pending` entries have no place yet.
    """

    findings: list[str]
    entries: int
    leaves: int
    checkpoints: int
    verified_to: int
    pending: int

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(slots=True)
class _Report:
    """Findings so far; the first thousand are told, the rest counted."""

    findings: list[str] = field(default_factory=list)
    more: int = 0

    def find(self, sentence: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(sentence)
        else:
            self.more += 1

    def all(self) -> list[str]:
        return [*self.findings, f"and {self.more} more"] if self.more else self.findings


def verify() -> Verdict:
    """Recomputes the whole log. Reads only. Raises OSError if this machine's copy can't be read."""
    report = _Report()
    tree = Tree.objects.filter(pk=1).first() or Tree(size=0, frontier=[])
    heads = _Heads(report)
    frontier = _walk_leaves(tree.size, heads, report)
    heads.finish()
    _compare_tree(tree, frontier, report)
    _look_beside(report)
    return Verdict(
        findings=report.all(),
        entries=Entry.objects.count(),
        leaves=tree.size,
        checkpoints=heads.in_database,
        verified_to=heads.verified_to,
        pending=Pending.objects.count(),
    )


def _walk_leaves(size: int, heads: "_Heads", report: _Report) -> Frontier:
    """Checks every leaf before `size` and every checkpoint on the way; returns the tree they make."""
    frontier = Frontier.empty()
    for leaves in _chunks(size):
        entries = Entry.objects.in_bulk([leaf.entry_id for leaf in leaves])
        for leaf in leaves:
            while frontier.size < leaf.seq:
                report.find(f"leaf {frontier.size} is missing")
                frontier = heads.compare(frontier.append(_HOLE))
            _check_entry(leaf, entries.get(leaf.entry_id), report)
            frontier = heads.compare(frontier.append(_hash(leaf)))
    while frontier.size < size:
        report.find(f"leaf {frontier.size} is missing")
        frontier = heads.compare(frontier.append(_HOLE))
    return frontier


def _check_entry(leaf: Leaf, entry: Entry | None, report: _Report) -> None:
    if entry is None:
        report.find(f"entry {leaf.entry_id} was deleted; leaf {leaf.seq} names it")
    elif not leaf_hash(log.canonical(entry)).hex() == entry.leaf == leaf.hash:
        report.find(f"entry {entry.pk} was changed; leaf {leaf.seq} has another hash")


def _compare_tree(tree: Tree, frontier: Frontier, report: _Report) -> None:
    if frontier.to_json() != tree.frontier:
        report.find(f"the tree's own row does not agree with its {tree.size} leaves")
    beyond = Leaf.objects.filter(seq__gte=Subquery(Tree.objects.filter(pk=1).values("size")))
    if first := beyond.order_by("seq").first():
        report.find(f"leaf {first.seq} stands behind the end of the tree")


def _look_beside(report: _Report) -> None:
    placed = Leaf.objects.filter(entry_id=OuterRef("pk"))
    waiting = Pending.objects.filter(entry_id=OuterRef("pk"))
    for entry in Entry.objects.filter(~Exists(placed), ~Exists(waiting)).order_by("pk").iterator():
        report.find(f"entry {entry.pk} is in no leaf and does not wait for one")
    written = Entry.objects.filter(pk=OuterRef("entry_id"))
    for pending in Pending.objects.filter(~Exists(written)).order_by("pk").iterator():
        report.find(f"entry {pending.pk} was deleted before it had its place")
    for entry in Entry.objects.filter(Exists(waiting)).iterator():
        if leaf_hash(log.canonical(entry)).hex() != entry.leaf:
            report.find(f"entry {entry.pk} was changed before it had its place")
    for name in triggers.missing(connection):
        report.find(f"the trigger {name} is missing")


class _Heads:
    """The checkpoints of the database and of the home, met in the order of their sizes while the tree grows."""

    def __init__(self, report: _Report) -> None:
        self.report = report
        self.in_database = 0
        self.verified_to = 0
        self.differs_from: int | None = None  # the first size whose root is not what was signed
        self.later_differences = 0
        self.only_in_database: list[int] = []  # not a finding at the end: the copy may be a second behind
        self.groups = groupby(merge(self._stored(), self._copied(), key=_size), key=_size)
        self.next = next(self.groups, None)

    def compare(self, frontier: Frontier) -> Frontier:
        """Checks the checkpoints of this size, if any, and gives the frontier back."""
        while self.next and self.next[0] <= frontier.size:
            size, found = self.next
            self._check(size, dict(found), frontier.root().hex())
            self.next = next(self.groups, None)
        return frontier

    def finish(self) -> None:
        """Says what was signed beyond the leaves that are there, unless it was signed just now."""
        present = Tree.objects.filter(pk=1).values_list("size", flat=True).first() or 0
        if self.later_differences:
            self.report.find(f"{self.later_differences} later checkpoints don't agree with the leaves either")
        while self.next:
            size, found = self.next
            if size > present:
                where = " and ".join(dict(found))
                self.report.find(
                    f"a checkpoint of {size} leaves is in the {where}, but only {present} are there"
                )
            self.next = next(self.groups, None)

    def _check(self, size: int, found: dict[str, Checkpoint], root: str) -> None:
        self._compare_copies(size, found)
        signed = [where for where, head in found.items() if checkpoints.holds(head)]
        for where in found.keys() - set(signed):
            self.report.find(f"the checkpoint of {size} leaves in the {where} is not signed by this home")
        if all(head.root == root for head in found.values()):
            if signed and self.differs_from is None:
                self.verified_to = size
        elif self.differs_from is None:
            self.differs_from = size
            self.report.find(
                f"between leaf {self.verified_to} and leaf {size - 1} the log is not what was signed"
            )
        else:
            self.later_differences += 1

    def _compare_copies(self, size: int, found: dict[str, Checkpoint]) -> None:
        stored, copied = found.get(_DATABASE), found.get(_HOME)
        self.in_database += stored is not None
        if stored is None:
            self.report.find(f"the checkpoint of {size} leaves is in the home, but not in the database")
        if copied is None:
            self.only_in_database.append(size)
            return
        for left_out in self.only_in_database:
            self.report.find(f"the checkpoint of {left_out} leaves is missing in the home")
        self.only_in_database.clear()
        if stored and (stored.root, stored.at, stored.signature) != (
            copied.root,
            copied.at,
            copied.signature,
        ):
            self.report.find(f"the checkpoint of {size} leaves was replaced in the database or the home")

    def _stored(self) -> Iterator[tuple[str, Checkpoint]]:
        for head in Checkpoint.objects.order_by("size").iterator():
            yield _DATABASE, head

    def _copied(self) -> Iterator[tuple[str, Checkpoint]]:
        last = 0
        for number, head in enumerate(checkpoints.in_home(), start=1):
            if head is None or head.size <= last:
                self.report.find(f"line {number} of checkpoints.log in the home is damaged or out of order")
                continue
            last = head.size
            yield _HOME, head


_DATABASE, _HOME = "database", "home"


def _size(found: tuple[str, Checkpoint]) -> int:
    return found[1].size


def _hash(leaf: Leaf) -> bytes:
    try:
        raw = bytes.fromhex(leaf.hash)
    except ValueError:
        return _HOLE
    return raw if len(raw) == HASH_BYTES else _HOLE


def _chunks(size: int) -> Iterator[list[Leaf]]:
    """Every leaf before `size` in order, some at a time, each read in a statement of its own."""
    last = -1
    while found := list(Leaf.objects.filter(seq__gt=last, seq__lt=size).order_by("seq")[:CHUNK]):
        last = found[-1].seq
        yield found
