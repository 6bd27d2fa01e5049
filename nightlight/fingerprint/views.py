"""Views of a picture on PDQ's 64 by 64 grid, all taken from one reduced picture so that dozens cost milliseconds.

PDQ's own grid leans: by what box filters of whole pixels come to, its cells lie up to 0.4 of a cell beside the
middle for small pictures, by another amount for every size, so that halving a picture costs 6 bits in the median
and a quarter turn more than 25 for one picture in twenty. Views are laid evenly instead, the same for every size.
That makes them hashes of their own kind, which differ less from each other; they are never published as PDQ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint import edits_kernels as kernels
from nightlight.fingerprint.grid import Edit, Turn
from nightlight.fingerprint.trim import TOLERANCE, trimmed

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Band = tuple[NDArray[np.int64], Floats]
Positions = NDArray[np.float64]

SIDE = 256  # of the reduced picture: four places to a cell of PDQ's grid


@dataclass(frozen=True, slots=True)
class Reduced:
    """The luminance of a picture squeezed to `SIDE` by `SIDE`, float32, and the picture it comes from."""

    luma: Floats
    pixels: Pixels


def reduced(pixels: Pixels) -> Reduced:
    """Reduce a picture, contiguous uint8 (H, W, 3) with no side 0, each pixel counting by the share it covers."""
    height, width = pixels.shape[:2]
    out = np.empty((SIDE, SIDE), np.float32)
    kernels.reduce_rgb(pixels, *_areas(height), *_areas(width), out)
    return Reduced(out, pixels)


def view(picture: Reduced, edit: Edit) -> Floats | None:
    """PDQ's 64 by 64 buffer of one view; nothing if borders were to be trimmed and there are none."""
    height, width = picture.pixels.shape[:2]
    if edit.turn is not None:
        return _turned(picture, edit)
    left, top, right, bottom = edit.left, edit.top, 1 - edit.right, 1 - edit.bottom
    if edit.trim:
        box = trimmed(picture.pixels)
        if box is None:
            return None
        left, top, right, bottom = box.left / width, box.top / height, box.right / width, box.bottom / height
    return crop(picture, left, top, right, bottom)


def crop(picture: Reduced, left: float, top: float, right: float, bottom: float) -> Floats:
    """The buffer of part of a picture, bounds as shares of its width and height from its left and top."""
    out = np.empty((kernels.CELLS, kernels.CELLS), np.float32)
    kernels.reduce_luma(picture.luma, *_cells(top, bottom), *_cells(left, right), out)
    return out


def blackened(picture: Reduced) -> Reduced | None:
    """The picture with the colour of its corners made black, from the left and right edge inwards.

    So a picture turned onto white looks as one turned onto black. Nothing if its four corners differ or are black.
    """
    luma = picture.luma
    corners = np.array([luma[:2, :2], luma[:2, -2:], luma[-2:, :2], luma[-2:, -2:]])
    colour = float(np.median(corners))
    if colour <= TOLERANCE or float(np.abs(corners - colour).max()) > TOLERANCE:
        return None
    near = np.abs(luma - colour) <= TOLERANCE
    from_left = np.logical_and.accumulate(near, axis=1)
    from_right = np.logical_and.accumulate(near[:, ::-1], axis=1)[:, ::-1]
    return Reduced(np.where(from_left | from_right, np.float32(0), luma), picture.pixels)


def _turned(picture: Reduced, edit: Edit) -> Floats:
    """A view turned about the centre.

    The matrix leads from the view's coordinates to the picture's, both from the centre with whole sides as 1.
    """
    height, width = picture.pixels.shape[:2]
    cosine, sine = cos(radians(edit.degrees)), sin(radians(edit.degrees))
    slope, steep = abs(sine) * height / width, abs(sine) * width / height
    across = down = 1.0
    if edit.turn is Turn.STRAIGHTENED:
        across = down = 1 / (cosine + max(slope, steep))
    elif edit.turn is Turn.EXPANDED:
        across, down = cosine + slope, cosine + steep
    matrix = np.array(
        [
            [cosine * across, sine * down * height / width],
            [-sine * across * width / height, cosine * down],
        ]
    )
    out = np.empty((kernels.CELLS, kernels.CELLS), np.float32)
    kernels.turn(picture.luma, matrix, out)
    return out


@lru_cache(maxsize=512)
def _areas(places: int) -> Band:
    """One axis of `places` pixels averaged onto `SIDE` places."""
    edges: Positions = np.arange(SIDE + 1, dtype=np.float64) * (places / SIDE)
    return _band(edges, places, _before_in_box)


@lru_cache(maxsize=512)
def _cells(start: float, end: float) -> Band:
    """Part of the reduced picture (shares of its side) onto PDQ's cells, each weighted as a tent one cell wide.

    Such a tent is what PDQ's two box filters and its decimation come to.
    """
    edges = (start + (end - start) * np.arange(kernels.CELLS + 1) / kernels.CELLS) * SIDE
    return _band(edges, SIDE, _before_in_tent)


def _before_in_box(position: Positions) -> Positions:
    """The share of an even weight over a cell, 0 to 1, that lies before a position."""
    return np.clip(position, 0, 1)


def _before_in_tent(position: Positions) -> Positions:
    """The share of a tent over a cell, 0 to 1, that lies before a position."""
    inside = np.clip(position, 0, 1)
    return np.where(inside < 0.5, 2 * inside**2, 1 - 2 * (1 - inside) ** 2)


def _band(edges: Positions, places: int, before: Callable[[Positions], Positions]) -> Band:
    """The band (see the kernels) of cells that lie between `edges`, weighted by what `before` accumulates."""
    low, high = edges[:-1], edges[1:]
    first = np.clip(np.floor(low).astype(np.int64), 0, places - 1)
    last = np.clip(np.ceil(high).astype(np.int64) - 1, first, places - 1)
    most = int((last - first).max()) + 1
    first = np.minimum(first, places - most)
    bounds = first[:, None] + np.arange(most + 1)
    weights = np.diff(before((bounds - low[:, None]) / (high - low)[:, None]), axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    return first, np.ascontiguousarray(weights, np.float32)
