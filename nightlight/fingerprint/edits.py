"""Seeing through edits: crops, small turns, borders, mirror images.

Whoever holds a picture stores, beside its hash, the hashes of a few dozen views of it (:func:`derive`, over the
installation's :func:`grid`). Whoever looks one up asks for it as it is, without its uniform borders, and in the
eight symmetries of each (:func:`looks`). PDQ stretches every picture to 64 by 64, so a crop is the same crop
whatever the picture's size. Derived hashes stay on our own index: they are never published as the original's.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint.grid import Edit, grid
from nightlight.fingerprint.pdq import MIN_QUALITY, Mode, Pdq, eight, eight_of_buffer, of_buffer, pdq
from nightlight.fingerprint.trim import trimmed
from nightlight.fingerprint.views import Pixels, blackened, crop, reduced, view

__all__ = ["AS_IS", "Edit", "derive", "grid", "looks", "via"]

AS_IS = "as_is"
TRIMMED = ("trimmed", "trimmed_twice")
BLACKENED = "blackened"


def derive(pixels: NDArray[Any], edits: tuple[Edit, ...]) -> list[tuple[int, Pdq]]:
    """The hashes of a picture's views, for enrolment: pairs of tag (position in `edits` + 1) and hash.

    `pixels` is uint8 (H, W, 3) RGB; grey, alpha and other kinds of number are brought to that first. Left out are
    views of a quality below `MIN_QUALITY`; the trimmed view of a picture without borders; and, of a picture whose
    own quality is too low, its turns, because their black corners would lend the same quality to every flat picture.
    """
    picture = _rgb(pixels)
    if not picture.size:
        return []
    small = reduced(picture)
    telling = pdq(picture).quality >= MIN_QUALITY
    views = ((tag, view(small, edit)) for tag, edit in enumerate(edits, 1) if telling or edit.turn is None)
    hashes = ((tag, of_buffer(buffer)) for tag, buffer in views if buffer is not None)
    return [(tag, hashed) for tag, hashed in hashes if hashed.quality >= MIN_QUALITY]


def looks(pixels: NDArray[Any], modes: tuple[Mode, ...] = (Mode.FULL,)) -> list[tuple[str, Pdq]]:
    """The hashes to look a picture up by, each with the way's words joined by `+`; several may have the same.

    First the picture's own PDQ, whatever its quality: what a look-up that sees through nothing asks for. Then,
    where the quality is at least `MIN_QUALITY`: its symmetries, and evenly laid (see `views`) to meet derived
    entries; the same with corners of one colour blackened, and of what lies inside one or two uniform frames.
    Modes other than `full` add their name as a word. An empty picture gives nothing.
    """
    picture = _rgb(pixels)
    if not picture.size:
        return []
    found = [(words, hashed) for part in _parts(picture) for words, hashed in _looks_at(*part, modes)]
    return [found[0], *((words, hashed) for words, hashed in found[1:] if hashed.quality >= MIN_QUALITY)]


def via(look: str, tag: int, edits: tuple[Edit, ...]) -> str:
    """How a match was found: the look's words, then the name of the edit whose derived entry was hit.

    >>> edits = (Edit("bordered", trim=True), Edit("cropped_left_5", left=0.05))
    >>> via("as_is", 0, edits), via("mirrored", 0, edits), via("as_is", 2, edits), via("mirrored", 2, edits)
    ('as_is', 'mirrored', 'cropped_left_5', 'mirrored+cropped_left_5')
    """
    if tag == 0:
        return look
    name = edits[tag - 1].name if tag <= len(edits) else f"edit_{tag}"
    return name if look == AS_IS else f"{look}+{name}"


def _parts(picture: Pixels) -> Iterator[tuple[list[str], Pixels]]:
    """The picture, and where it has uniform borders what is inside them, and inside those again."""
    yield [], picture
    for name in TRIMMED:
        box = trimmed(picture)
        if box is None:
            return
        picture = np.ascontiguousarray(box.of(picture))
        yield [name], picture


def _looks_at(words: list[str], part: Pixels, modes: tuple[Mode, ...]) -> Iterator[tuple[str, Pdq]]:
    for mode in modes:
        named = words if mode is Mode.FULL else [*words, mode.value]
        yield from _symmetric(named, eight(part, mode))
    small = reduced(part)
    yield from _symmetric(words, eight_of_buffer(crop(small, 0, 0, 1, 1)))
    black = blackened(small)
    if black is not None:
        yield from _symmetric([*words, BLACKENED], eight_of_buffer(crop(black, 0, 0, 1, 1)))


def _symmetric(words: list[str], forms: dict[str, Pdq]) -> Iterator[tuple[str, Pdq]]:
    for symmetry, hashed in forms.items():
        yield "+".join(words if symmetry == AS_IS else [*words, symmetry]) or AS_IS, hashed


def _rgb(pixels: NDArray[Any]) -> Pixels:
    """Any array that can be seen as a picture, as contiguous uint8 (H, W, 3); any other as an empty one."""
    array = np.asarray(pixels)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or 0 in array.shape or array.dtype.kind not in "buif":
        return np.empty((0, 0, 3), np.uint8)
    array = array[:, :, :3] if array.shape[2] >= 3 else np.repeat(array[:, :, :1], 3, axis=2)
    return np.ascontiguousarray(_bytes(array))


def _bytes(array: NDArray[Any]) -> Pixels:
    """Levels from 0 to 255: 16 bits by their upper half, truth as black and white, others cut off at the ends."""
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array * np.uint8(255)
    if array.dtype == np.uint16:
        return (array >> 8).astype(np.uint8)
    return np.clip(np.nan_to_num(array.astype(np.float64)), 0, 255).astype(np.uint8)
