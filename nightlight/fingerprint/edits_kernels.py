"""Compiled loops of seeing through edits: one reduced picture, and views of it on PDQ's 64 by 64 grid.

Bands: a linear operator along one axis, of `out` cells over `n` places, is stored as `first[out]` (int64, the
first place each cell reads) and `weights[out, most]` (float32, padded with zeros); a cell reads at most `most`
places and never past the end, so `first[k] + most <= n`.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint import kept

kept.keep()

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

CELLS = 64

# Arrays that a kernel only reads are declared so: then it takes read-only and writable ones alike.
_PIXELS = nb.types.Array(nb.uint8, 3, "C", readonly=True)
_ANY_PIXELS = nb.types.Array(nb.uint8, 3, "A", readonly=True)
_LUMA = nb.types.Array(nb.float32, 2, "C", readonly=True)
_FIRST = nb.types.Array(nb.int64, 1, "C", readonly=True)
_MATRIX = nb.types.Array(nb.float64, 2, "C", readonly=True)
_OUT = nb.float32[:, ::1]


@nb.njit(
    nb.void(_PIXELS, _FIRST, _LUMA, _FIRST, _LUMA, _OUT),
    cache=True,
    nogil=True,
    fastmath=True,
)
def reduce_rgb(
    pixels: NDArray[np.uint8],
    row_first: Places,
    row_weights: Floats,
    column_first: Places,
    column_weights: Floats,
    out: Floats,
) -> None:
    """RGB (H, W, 3) to luminance, through both bands, into `out` (rows, columns); each pixel is read once or twice."""
    width3 = pixels.shape[1] * 3
    rows = pixels.reshape((pixels.shape[0], width3))
    line = np.empty(width3, np.float32)
    red, green, blue = np.float32(0.299), np.float32(0.587), np.float32(0.114)
    for i in range(out.shape[0]):
        line[:] = 0
        for k in range(row_weights.shape[1]):
            weight = row_weights[i, k]
            if weight != 0:
                row = rows[row_first[i] + k]
                for j in range(width3):
                    line[j] += weight * np.float32(row[j])
        for o in range(out.shape[1]):
            total = np.float32(0)
            first = column_first[o]
            for k in range(column_weights.shape[1]):
                at = 3 * (first + k)
                total += column_weights[o, k] * (red * line[at] + green * line[at + 1] + blue * line[at + 2])
            out[i, o] = total


@nb.njit(
    nb.void(_LUMA, _FIRST, _LUMA, _FIRST, _LUMA, _OUT),
    cache=True,
    nogil=True,
    fastmath=True,
)
def reduce_luma(
    luma: Floats,
    row_first: Places,
    row_weights: Floats,
    column_first: Places,
    column_weights: Floats,
    out: Floats,
) -> None:
    """The same for a picture that is luminance already, float32 (H, W)."""
    width = luma.shape[1]
    line = np.empty(width, np.float32)
    for i in range(out.shape[0]):
        line[:] = 0
        for k in range(row_weights.shape[1]):
            weight = row_weights[i, k]
            if weight != 0:
                row = luma[row_first[i] + k]
                for j in range(width):
                    line[j] += weight * row[j]
        for o in range(out.shape[1]):
            total = np.float32(0)
            first = column_first[o]
            for k in range(column_weights.shape[1]):
                total += column_weights[o, k] * line[first + k]
            out[i, o] = total


@nb.njit(nb.void(_LUMA, _MATRIX, _OUT), cache=True, nogil=True, fastmath=True)
def turn(luma: Floats, matrix: NDArray[np.float64], out: Floats) -> None:
    """A turned view of a square reduced picture into `out` (64, 64); what lies outside the picture is black.

    `matrix` (2, 2) leads from the view's coordinates to the picture's, both measured from the centre with a
    whole side as 1, x before y. Each cell is read at 4 by 4 places, weighted as PDQ's tents weigh.
    """
    side = luma.shape[0]
    tent = np.array([0.125, 0.375, 0.375, 0.125], np.float32)
    steps = CELLS * 4
    for i in range(CELLS):
        for j in range(CELLS):
            total = np.float32(0)
            for p in range(4):
                v = (i * 4 + p + 0.5) / steps - 0.5
                for q in range(4):
                    u = (j * 4 + q + 0.5) / steps - 0.5
                    x = (matrix[0, 0] * u + matrix[0, 1] * v + 0.5) * side - 0.5
                    y = (matrix[1, 0] * u + matrix[1, 1] * v + 0.5) * side - 0.5
                    if x < -0.5 or y < -0.5 or x > side - 0.5 or y > side - 0.5:
                        continue
                    x = min(max(x, 0.0), side - 1.0)
                    y = min(max(y, 0.0), side - 1.0)
                    left = min(int(x), side - 2)
                    top = min(int(y), side - 2)
                    right_share = np.float32(x - left)
                    low_share = np.float32(y - top)
                    upper = luma[top, left] + right_share * (luma[top, left + 1] - luma[top, left])
                    lower = luma[top + 1, left] + right_share * (
                        luma[top + 1, left + 1] - luma[top + 1, left]
                    )
                    total += tent[p] * tent[q] * (upper + low_share * (lower - upper))
            out[i, j] = total


@nb.njit(
    nb.int64(_ANY_PIXELS, nb.int64, nb.int64),
    cache=True,
    nogil=True,
)
def border(pixels: NDArray[np.uint8], tolerance: int, strays: int) -> int:
    """How many rows from the top are border: near the first row's median colour, but for few stray pixels.

    A row is border if at most `strays` in 1,000 of its pixels are further than `tolerance` levels from the
    colour in any channel. `pixels` may be any strided (H, W, 3) view, so a turned view serves the other sides.
    """
    height, width = pixels.shape[0], pixels.shape[1]
    colour = np.zeros(3, np.int64)
    for c in range(3):
        counts = np.zeros(256, np.int64)
        for j in range(width):
            counts[pixels[0, j, c]] += 1
        seen = 0
        for value in range(256):
            seen += counts[value]
            if 2 * seen >= width:
                colour[c] = value
                break
    allowed = strays * width // 1000
    for i in range(height):
        off = 0
        for j in range(width):
            for c in range(3):
                if abs(np.int64(pixels[i, j, c]) - colour[c]) > tolerance:
                    off += 1
                    break
            if off > allowed:
                return i
    return len(pixels)
