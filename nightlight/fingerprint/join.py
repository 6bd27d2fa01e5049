"""A list compared with itself: every pair of near codes, and the clusters that near codes hang together in.

Both are exact up to radius 31, through the tables of `ring.py`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from nightlight.fingerprint import join_kernels, ring
from nightlight.fingerprint.codes import Codes, checked

MOST_PAIRS = 100_000_000


class TooManyPairs(ValueError):
    """A list has more near pairs than were allowed for; its clusters can still be told."""


def pairs(
    codes: Codes, radius: int = ring.REACH, threads: int = 1, *, seed: int = 0, most: int = MOST_PAIRS
) -> npt.NDArray[np.int64]:
    """Give every pair of rows (i < j) within `radius` bits (0 to 31), sorted, shape ``(m, 2)``.

    Raises `TooManyPairs` beyond `most` (100,000 copies of one picture are 5 * 10**9 pairs), `ValueError` for a
    radius beyond 31.
    """
    level, first, pair = _level(codes, radius, threads, seed)

    def of_table(table: int) -> Any:
        return join_kernels.pairs_of_table(
            level.codes, level.starts[table], level.rows[table], level.width, level.sketches[table], table,
            radius, first, pair, most,
        )  # fmt: skip

    parts = ring.in_threads(of_table, range(ring.CHUNKS), threads)
    found = np.concatenate([part for part, _ in parts])
    if len(found) > most or any(seen > most for _, seen in parts):
        raise TooManyPairs(f"more than {most} pairs are within {radius} bits; ask for clusters instead")
    found.sort()
    return np.stack([found >> np.uint64(32), found & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)


def clusters(
    codes: Codes, radius: int = ring.REACH, threads: int = 1, *, seed: int = 0
) -> npt.NDArray[np.int64]:
    """Give for each row the first row of its cluster: rows hang together over steps of at most `radius` bits.

    Keeps no pairs, so 100,000 copies of one picture are one cluster at little more than the cost of as many others.
    Raises `ValueError` for a radius beyond 31. `threads` are for building the tables.
    """
    level, first, pair = _level(codes, radius, threads, seed)
    parent = np.arange(len(level.codes))
    for table in range(ring.CHUNKS):
        join_kernels.join_table(
            level.codes, level.starts[table], level.rows[table], level.width, level.sketches[table],
            radius, first, pair, parent,
        )  # fmt: skip
    return join_kernels.roots_of_all(parent)  # type: ignore[no-any-return]


def _level(codes: Codes, radius: int, threads: int, seed: int) -> tuple[ring.Ring, int, int]:
    if not 0 <= radius <= ring.REACH:
        raise ValueError(f"lists are compared with themselves within 0 to {ring.REACH} bits, not {radius}")
    level = ring.build(ring.Order(seed).apply(checked(codes), threads), threads)
    return level, *ring.thresholds(radius)
