"""The levels an index is made of: sorted ones that never change, and one open one that rows are appended to.

A `Level` is a value. Adding and removing make a new `Level` that shares the arrays; whoever holds an old one keeps
seeing what it saw: rows behind its count are not there for it, and tombstones are copied before they change.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from nightlight.fingerprint import brute_kernels, hits_kernels, ring
from nightlight.fingerprint.codes import Codes

Ids = npt.NDArray[np.uint64]
Tags = npt.NDArray[np.uint16]
Dead = npt.NDArray[np.uint8]

NO_DEAD: Dead = np.zeros(0, np.uint8)


class Rows(Protocol):
    """Where the codes of a level lie."""

    @property
    def nbytes(self) -> int: ...

    @property
    def capacity(self) -> int: ...

    def search(
        self, queries: Codes, lo: int, hi: int, radius: int, n: int, dead: Dead
    ) -> tuple[Any, Any, Any]: ...

    def all_codes(self, n: int) -> Codes: ...


class Open:
    """Room for the newest rows, in blocks of 8 for the brute force. Appended to by one writer at a time."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.blocks = np.zeros((capacity + 7) // 8 * 32, np.uint64)
        self.ids: Ids = np.zeros(capacity, np.uint64)
        self.tags: Tags = np.zeros(capacity, np.uint16)

    @property
    def nbytes(self) -> int:
        """The bytes of the codes; ids and tags are counted by the level."""
        return self.blocks.nbytes

    def append(self, at: int, codes: Codes, ids: Ids, tags: Tags) -> None:
        """Write rows behind the `at` that are there. No reader looks there before it is told."""
        brute_kernels.interleave(codes, 0, len(codes), self.blocks, at)
        self.ids[at : at + len(codes)] = ids
        self.tags[at : at + len(codes)] = tags

    def search(
        self, queries: Codes, lo: int, hi: int, radius: int, n: int, dead: Dead
    ) -> tuple[Any, Any, Any]:
        """Find rows among the first `n` as `ring.Ring.search` does."""
        return brute_kernels.brute_blocks(self.blocks, n, dead, queries, lo, hi, radius)  # type: ignore[no-any-return]

    def all_codes(self, n: int) -> Codes:
        """Give the codes of the first `n` rows."""
        return hits_kernels.take_out(self.blocks, n)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """`n` rows with their ids and tags; `buried` of them are dead. `key` stays when a level is replaced.

    `ids` is None if they are consecutive from `first`; `tags` is None if all are 0.
    """

    key: int
    rows: Rows
    n: int
    first: int = 0
    ids: Ids | None = None
    tags: Tags | None = None
    dead: Dead = field(default_factory=lambda: NO_DEAD)
    buried: int = 0

    @property
    def alive(self) -> int:
        """How many of its rows are not removed."""
        return self.n - self.buried

    @property
    def nbytes(self) -> int:
        """The bytes of all its arrays."""
        columns = (self.ids, self.tags, self.dead)
        return self.rows.nbytes + sum(column.nbytes for column in columns if column is not None)

    def ids_of(self, rows: npt.NDArray[np.int64]) -> Ids:
        """Give the ids of rows."""
        return rows.astype(np.uint64) + np.uint64(self.first) if self.ids is None else self.ids[rows]

    def tags_of(self, rows: npt.NDArray[np.int64]) -> Tags:
        """Give the tags of rows."""
        return np.zeros(len(rows), np.uint16) if self.tags is None else self.tags[rows]

    def rows_of(self, wanted: Ids) -> npt.NDArray[np.int64]:
        """Find the rows of ids, which are sorted and each there once; also rows that are dead."""
        if self.ids is not None:
            return hits_kernels.rows_of(self.ids, self.n, wanted)  # type: ignore[no-any-return]
        inside = wanted[np.searchsorted(wanted, np.uint64(self.first)) :]
        inside = inside - np.uint64(self.first)
        return inside[inside < np.uint64(self.n)].astype(np.int64)

    def without(self, rows: npt.NDArray[np.int64]) -> "Level":
        """Give this level with some more rows dead."""
        if not len(rows):
            return self
        dead = self.dead.copy() if self.dead.size else np.zeros((self.rows.capacity + 7) // 8, np.uint8)
        fresh = hits_kernels.bury(dead, rows)
        return replace(self, dead=dead, buried=self.buried + fresh) if fresh else self

    def alive_rows(self) -> npt.NDArray[np.int64]:
        """Give the numbers of the rows that are not dead, in order."""
        if not self.dead.size:
            return np.arange(self.n)
        bits = np.unpackbits(self.dead, bitorder="little")[: self.n]
        return np.flatnonzero(bits == 0)


def sorted_level(key: int, codes: Codes, ids: Ids | int, tags: Tags | None, threads: int = 1) -> Level:
    """Sort codes, already in the index's order, into a level; `ids` alone may be the first of consecutive ones."""
    rows = ring.build(codes, threads)
    first = ids if isinstance(ids, int) else int(ids[0]) if len(ids) else 0
    column = None if isinstance(ids, int) or consecutive(ids) else ids
    return Level(key, rows, len(codes), first, column, tags if tags is not None and tags.any() else None)


def consecutive(ids: Ids) -> bool:
    """Say whether each id is one more than the one before."""
    if not len(ids) or int(ids[-1]) != int(ids[0]) + len(ids) - 1:
        return not len(ids)
    return bool((ids[1:] - ids[:-1] == np.uint64(1)).all())


def merged(key: int, sources: list[Level], threads: int = 1) -> tuple[Level, list[npt.NDArray[np.int64]]]:
    """Sort the living rows of several levels into one; also say which rows of each went into it, in order."""
    kept = [level.alive_rows() for level in sources]
    codes = np.concatenate(
        [level.rows.all_codes(level.n)[rows] for level, rows in zip(sources, kept, strict=True)]
    )
    ids = np.concatenate([level.ids_of(rows) for level, rows in zip(sources, kept, strict=True)])
    tags = np.concatenate([level.tags_of(rows) for level, rows in zip(sources, kept, strict=True)])
    return sorted_level(key, np.ascontiguousarray(codes), ids, tags, threads), kept
