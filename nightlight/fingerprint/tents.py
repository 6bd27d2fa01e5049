"""PDQ's reduction to 64 by 64 as weights: one tent for each row and each column of the result.

PDQ blurs a picture with two passes of a box filter along rows and columns ("Jarosz filter") and then keeps 64 by
64 of its pixels. All of that is linear and separable, so a kept pixel is a weighted sum of a window of the
picture whose weights are a row tent times a column tent; neighbouring tents hardly overlap, so each pixel of the
picture is read about once. The windows follow `box1DFloat` and `decimateFloat` of Meta's `downscaling.cpp`.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIDE = 64


@dataclass(frozen=True, slots=True)
class Tents:
    """64 weighted windows along one side: `start` and `length` (64,) int64, `weight` (64, longest) float32."""

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    weight: NDArray[np.float32]


def window(side: int) -> int:
    """How many pixels one pass of the box filter averages on a side of that many pixels."""
    return (side + 2 * SIDE - 1) // (2 * SIDE)


@lru_cache(512)
def centres(side: int) -> NDArray[np.int64]:
    """The positions along a side whose blurred pixels are kept, (64,)."""
    return np.array([int((kept + 0.5) * side / SIDE) for kept in range(SIDE)], np.int64)


@lru_cache(512)
def tents(side: int) -> Tents:
    """The tents of a side of `side` pixels: two passes of the box filter, then decimation."""
    width = window(side)
    ahead = (width + 2) // 2

    def box(centre: int) -> tuple[int, int]:
        return max(0, centre - (width - ahead)), min(side - 1, centre + ahead - 1)

    starts: list[int] = []
    rows: list[NDArray[np.float64]] = []
    for centre in centres(side).tolist():
        first, last = box(centre)
        start, end = box(first)[0], box(last)[1]
        row = np.zeros(end - start + 1)
        for position in range(first, last + 1):
            low, high = box(position)
            row[low - start : high - start + 1] += 1.0 / (high - low + 1)
        starts.append(start)
        rows.append(row / (last - first + 1))
    return _packed(starts, rows)


@lru_cache(512)
def reduced_tents(side: int, by: int, reduced: int) -> Tents:
    """The tents of the *original* side, gathered onto a grid `by` times coarser that has `reduced` pixels.

    Tents of the reduced side would be another filter: up to 86 bits away.
    """
    full = tents(side)
    starts: list[int] = []
    rows: list[NDArray[np.float64]] = []
    for start, length, weight in zip(full.start.tolist(), full.length.tolist(), full.weight, strict=True):
        cells = np.minimum(np.arange(start, start + length) // by, reduced - 1)
        starts.append(int(cells[0]))
        row = np.zeros(int(cells[-1] - cells[0]) + 1)
        np.add.at(row, cells - cells[0], weight[:length])
        rows.append(row)
    return _packed(starts, rows)


def _packed(starts: list[int], rows: list[NDArray[np.float64]]) -> Tents:
    lengths = np.array([len(row) for row in rows], np.int64)
    weight = np.zeros((SIDE, int(lengths.max())), np.float32)
    for kept, row in enumerate(rows):
        weight[kept, : len(row)] = row
    return Tents(np.array(starts, np.int64), lengths, weight)
