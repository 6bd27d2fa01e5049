"""Every query against every row: the reference that the index must equal, and what answers beyond radius 31.

`reference` is plain numpy and is there to be obviously right; `search` gives the same, compiled, in blocks.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nightlight.fingerprint import brute_kernels
from nightlight.fingerprint.codes import Codes, checked, distance

MOST_RADIUS = 255  # a distance of 256 does not fit the byte that results keep

NONE_DEAD = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Near:
    """Rows near queries, sorted by (query, distance, row): three arrays of one length."""

    query: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.uint8]


def checked_radius(radius: int) -> int:
    """Give a radius back. Raises `ValueError` unless it is a whole number from 0 to 255."""
    if not 0 <= radius <= MOST_RADIUS or int(radius) != radius:
        raise ValueError(f"a radius is a whole number from 0 to {MOST_RADIUS} bits, not {radius}")
    return int(radius)


def reference(codes: Codes, queries: Codes, radius: int) -> Near:
    """Find the rows of `codes` within `radius` bits of each query, by comparing them all, in numpy."""
    codes, queries, radius = checked(codes), checked(queries), checked_radius(radius)
    found: list[tuple[Any, Any, Any]] = []
    for number, query in enumerate(queries):
        apart = distance(codes, query)
        rows = np.flatnonzero(apart <= radius)
        found.append((np.full(len(rows), number), rows, apart[rows]))
    return (
        _near(*(np.concatenate(parts) for parts in zip(*found, strict=True))) if found else _near(*[[]] * 3)
    )


def search(codes: Codes, queries: Codes, radius: int) -> Near:
    """Find what `reference` finds, compiled."""
    codes, queries, radius = checked(codes), checked(queries), checked_radius(radius)
    return _near(*brute_kernels.brute_rows(codes, NONE_DEAD, queries, 0, len(queries), radius))


def _near(query: Any, row: Any, apart: Any) -> Near:
    order = np.lexsort((row, apart, query))
    return Near(
        np.asarray(query, np.int64)[order],
        np.asarray(row, np.int64)[order],
        np.asarray(apart, np.uint8)[order],
    )
