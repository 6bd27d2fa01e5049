"""Seeing through edits: crops, small turns, borders, mirror images.

Whoever holds a picture stores, beside its hash, the hashes of a few dozen views of it (`derive`, over the
installation's `grid`); whoever looks one up asks for it as it is, without its uniform borders, and in the eight
symmetries of each (`looks`). PDQ stretches every picture to 64 by 64, so a crop is the same whatever the size.
Derived hashes stay on our own index: they are never published as if they were the original's.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint.edits_kernels import CELLS, reduce_luma, reduce_rgb, turned
from nightlight.fingerprint.grid import Edit, Turn, grid
from nightlight.fingerprint.pdq import MIN_QUALITY, Mode, Pdq, eight, of_buffer
from nightlight.fingerprint.trim import Box, trimmed

__all__ = ["AS_IS", "Edit", "derive", "grid", "looks", "via"]

AS_IS = "as_is"
TRIMMED = "trimmed"
TWICE = "trimmed_twice"

_SIDE = 256  # of the reduced picture: four places to a cell of PDQ's grid

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Band = tuple[NDArray[np.int64], Floats]


def derive(pixels: NDArray[np.generic], edits: tuple[Edit, ...]) -> list[tuple[int, Pdq]]:
    """The hashes of a picture's views as pairs of tag (position in `edits` + 1) and hash, for enrolment.

    `pixels` is uint8 (H, W, 3) RGB; grey, alpha and other kinds of number are taken too. Views whose quality
    is below `MIN_QUALITY` are left out, as is the trimmed view of a picture without borders.
    """
    picture = _rgb(pixels)
    height, width = picture.shape[:2]
    if height < 1 or width < 1:
        return []
    reduced = _reduced(picture)
    found: list[tuple[int, Pdq]] = []
    for tag, edit in enumerate(edits, 1):
        view = _view(picture, reduced, edit)
        if view is None:
            continue
        hashed = of_buffer(view)
        if hashed.quality >= MIN_QUALITY:
            found.append((tag, hashed))
    return found


def looks(
    pixels: NDArray[np.generic], modes: tuple[Mode, ...] = (Mode.FULL,)
) -> list[tuple[str, Pdq]]:
    """The ways to look a picture up, as pairs of the way's words (joined by `+`) and the hash to look for.

    First as it is, whatever its quality; then its symmetries, and the same of what remains inside uniform
    borders, and inside a second frame, where the quality is at least `MIN_QUALITY`. Modes other than `full`
    add their name to the words.
    """
    picture = _rgb(pixels)
    if not picture.size:
        return []
    found: list[tuple[str, Pdq]] = []
    for frame, part in _frames(picture):
        for mode in modes:
            words = [frame] if frame else []
            words += [] if mode is Mode.FULL else [mode.value]
            for symmetry, hashed in eight(part, mode).items():
                plain = symmetry == AS_IS and not frame
                if plain or hashed.quality >= MIN_QUALITY:
                    found.append(("+".join([*words, symmetry] if symmetry != AS_IS else words) or AS_IS, hashed))
    return found


def via(look: str, tag: int, edits: tuple[Edit, ...]) -> str:
    """How a match was found: the look's words, then the edit's name where a derived entry was hit.

    >>> edits = (Edit("bordered", trim=True), Edit("cropped_left_3", left=0.03))
    >>> via("as_is", 0, edits), via("mirrored", 0, edits), via("as_is", 2, edits), via("mirrored", 2, edits)
    ('as_is', 'mirrored', 'cropped_left_3', 'mirrored+cropped_left_3')
    """
    if tag == 0:
        return look
    name = edits[tag - 1].name if tag <= len(edits) else f"edit_{tag}"
    return name if look == AS_IS else f"{look}+{name}"


def _frames(picture: Pixels) -> list[tuple[str, Pixels]]:
    """The picture, and where it has uniform borders what is inside them, and inside those again."""
    parts = [("", picture)]
    for name in (TRIMMED, TWICE):
        box = trimmed(parts[-1][1])
        if box is None:
            break
        parts.append((name, np.ascontiguousarray(box.of(parts[-1][1]))))
    return parts


def _view(picture: Pixels, reduced: Floats, edit: Edit) -> Floats | None:
    """PDQ's 64 by 64 of one view, nothing where there are no borders to trim."""
    height, width = picture.shape[:2]
    out = np.empty((CELLS, CELLS), np.float32)
    if edit.turn is not None:
        turned(reduced, _matrix(edit, width / height), out)
        return out
    left, top, right, bottom = edit.left, edit.top, 1 - edit.right, 1 - edit.bottom
    if edit.trim:
        box = trimmed(picture)
        if box is None:
            return None
        left, top, right, bottom = box.left / width, box.top / height, box.right / width, box.bottom / height
    reduce_luma(reduced, *_cells(top, bottom), *_cells(left, right), out)
    return out


def _matrix(edit: Edit, aspect: float) -> NDArray[np.float64]:
    """From the turned view's coordinates to the picture's, both from the centre with whole sides as 1.

    `aspect` is width over height, of the picture; the view has other proportions where it was expanded.
    """
    angle = math.radians(edit.degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    tall = abs(sine) / aspect
    wide = abs(sine) * aspect
    scale_x = scale_y = 1.0
    if edit.turn is Turn.STRAIGHTENED:
        scale_x = scale_y = 1 / max(cosine + tall, cosine + wide)
    elif edit.turn is Turn.EXPANDED:
        scale_x, scale_y = cosine + tall, cosine + wide
    return np.array(
        [
            [cosine * scale_x, sine * scale_y / aspect],
            [-sine * scale_x * aspect, cosine * scale_y],
        ]
    )


def _reduced(picture: Pixels) -> Floats:
    height, width = picture.shape[:2]
    out = np.empty((_SIDE, _SIDE), np.float32)
    reduce_rgb(picture, *_areas(height), *_areas(width), out)
    return out


@lru_cache(maxsize=512)
def _areas(places: int) -> Band:
    """One axis of `places` pixels averaged onto `_SIDE` places, each pixel counting by the share it covers."""
    edges = np.arange(_SIDE + 1) * (places / _SIDE)
    return _band(edges[:-1], edges[1:], places, _covered)


@lru_cache(maxsize=512)
def _cells(start: float, end: float) -> Band:
    """Part of the reduced picture (shares of its side) onto PDQ's 64 cells, each weighted as a tent.

    A tent one cell wide is what PDQ's two box filters and its decimation come to.
    """
    edges = (start + (end - start) * np.arange(CELLS + 1) / CELLS) * _SIDE
    return _band(edges[:-1], edges[1:], _SIDE, _under_tent)


def _covered(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of a cell (0 to 1) that lies before a position in it."""
    return np.clip(position, 0, 1)


def _under_tent(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of a tent over a cell (0 to 1) that lies before a position in it."""
    inside = np.clip(position, 0, 1)
    return np.where(inside < 0.5, 2 * inside**2, 1 - 2 * (1 - inside) ** 2)


def _band(lows: NDArray[np.float64], highs: NDArray[np.float64], places: int, shape) -> Band:
    """The band whose cells reach from `lows` to `highs` with the weights of a cumulative `shape`."""
    first = np.clip(np.floor(lows).astype(np.int64), 0, places - 1)
    last = np.clip(np.ceil(highs).astype(np.int64) - 1, first, places - 1)
    most = int((last - first).max()) + 1
    first = np.minimum(first, places - most)
    at = first[:, None] + np.arange(most + 1)
    weights = np.diff(shape((at - lows[:, None]) / (highs - lows)[:, None]), axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    return first, np.ascontiguousarray(weights, np.float32)


def _rgb(pixels: NDArray[np.generic]) -> Pixels:
    """Any picture-like array as contiguous uint8 (H, W, 3); nothing usable becomes an empty one."""
    array = np.asarray(pixels)
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * 255
    elif array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif array.dtype != np.uint8:
        array = np.clip(np.nan_to_num(array.real.astype(np.float64)), 0, 255).astype(np.uint8)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or 0 in array.shape:
        return np.empty((0, 0, 3), np.uint8)
    if array.shape[2] < 3:
        array = np.repeat(array[:, :, :1], 3, axis=2)
    return np.ascontiguousarray(array[:, :, :3])
