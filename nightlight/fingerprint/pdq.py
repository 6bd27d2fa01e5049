"""PDQ, the perceptual hash of pictures that hotlines and companies exchange: 256 bits and a quality.

Pictures whose hashes differ in at most 31 bits are taken for the same; hashes of quality 49 or less say nothing and
are never indexed. Method: Meta, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (2019).
Two PDQs exist, so there are two exact modes, and one that trades up to 4 bits for time (:class:`Mode`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import cos, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint import pdq_kernels as kernels
from nightlight.fingerprint.tents import SIDE, Tents, centres, reduced_tents, tents, window

MIN_QUALITY = 50
SMALLEST_SIDE = 5  # MIN_HASHABLE_DIM: the reference gives zeros below it
LARGEST_CPP_SIDE = 512
LUMA = (0.299, 0.587, 0.114)

Pixels = NDArray[np.uint8]
Buffer = NDArray[np.float32]


class Mode(StrEnum):
    """Which PDQ.

    `full`: from the whole picture, as pdqhash, python-threatexchange, HMA and Meta's Java. `cpp`: a picture with a
    side over 512 first becomes 512 by 512 by dropping rows and columns, as in Meta's C++ tool. Both bit for bit.
    `fast`: as `full` within 4 bits, for what stays in the house.
    """

    FULL = "full"
    CPP = "cpp"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Pdq:
    """64 lower-case hex digits, and the quality from 0 to 100."""

    hex: str
    quality: int


NOTHING = Pdq("0" * 64, 0)

# The reference's rounding errors grow with the side of the picture. These allow three times the largest difference
# seen between the two ways; see "hash" in `docs/performance.md`.
GRADIENT_SLACK = 2e-3
FREQUENCY_SLACK = 2e-2


def pdq(pixels: Pixels, mode: Mode = Mode.FULL) -> Pdq:
    """The hash of a picture: uint8 (H, W, 3) RGB, or (H, W) luminance."""
    if min(pixels.shape[:2]) < SMALLEST_SIDE:
        return NOTHING
    pixels = _at_most_512(pixels) if mode is Mode.CPP else pixels
    buffer = buffer64(pixels)
    frequencies = _frequencies(buffer)
    if mode is not Mode.FAST and not (_surely_ordered(frequencies) and _surely_graded(buffer)):
        buffer = _retraced(pixels, mode)
        frequencies = _frequencies(buffer)
    return Pdq(_hex(frequencies), _quality(buffer))


def eight(pixels: Pixels, mode: Mode = Mode.FULL) -> dict[str, Pdq]:
    """The hashes of a picture and of its seven turned and mirrored forms, from one transform.

    Turns are anticlockwise; `mirrored` is left to right, `flipped` upside down, `transposed` about the main
    diagonal and `transversed` about the other.
    """
    if min(pixels.shape[:2]) < SMALLEST_SIDE:
        return dict.fromkeys(_SYMMETRIES, NOTHING)
    pixels = _at_most_512(pixels) if mode is Mode.CPP else pixels
    buffer = buffer64(pixels)
    forms = eight_of_buffer(buffer)
    if mode is not Mode.FAST:
        frequencies = _frequencies(buffer)
        sure = all(_surely_ordered(form) for form in _turned(frequencies).values())
        if not (sure and _surely_graded(buffer)):
            forms = eight_of_buffer(_retraced(pixels, mode))
    return forms


def buffer64(pixels: Pixels) -> Buffer:
    """The picture reduced to 64 by 64 luminances, float32: what PDQ sees of it. No side may be 0."""
    height, width = pixels.shape[:2]
    if height == SIDE and width == SIDE:
        return _luminances(pixels)
    return _shrunk(pixels, tents(height), tents(width))


def reduced_buffer64(plane: Pixels, height: int, width: int, by: int) -> Buffer:
    """As :func:`buffer64`, from a plane (h, w) that is a picture of `height` by `width` reduced `by` times."""
    rows = reduced_tents(height, by, plane.shape[0])
    return _shrunk(plane, rows, reduced_tents(width, by, plane.shape[1]))


def of_buffer(buffer: Buffer) -> Pdq:
    """The hash of 64 by 64 luminances, float32, with quality."""
    return Pdq(_hex(_frequencies(buffer)), _quality(buffer))


def eight_of_buffer(buffer: Buffer) -> dict[str, Pdq]:
    """As :func:`eight`, from 64 by 64 luminances."""
    quality = _quality(buffer)
    return {name: Pdq(_hex(form), quality) for name, form in _turned(_frequencies(buffer)).items()}


def _shrunk(pixels: Pixels, rows: Tents, columns: Tents) -> Buffer:
    out = np.empty((SIDE, SIDE), np.float32)
    luma = np.array(LUMA if pixels.ndim == 3 else (1.0,), np.float32)
    kernels.shrink(
        _flat(pixels),
        rows.start,
        rows.length,
        rows.weight,
        columns.start,
        columns.length,
        columns.weight,
        luma,
        out,
    )
    return out


def _retraced(pixels: Pixels, mode: Mode) -> Buffer:
    height, width = pixels.shape[:2]
    double = mode is Mode.FULL
    if height == SIDE and width == SIDE:
        return _luminances(pixels, double=double)
    out = np.empty((SIDE, SIDE), np.float32)
    luma = np.array(LUMA if pixels.ndim == 3 else (1.0,), np.float64)
    kernels.retrace(
        _flat(pixels), luma, double, window(width), window(height), centres(width), centres(height), out
    )
    return out


def _luminances(pixels: Pixels, *, double: bool = True) -> Buffer:
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    out = np.empty((SIDE, SIDE), np.float32)
    for line, written in zip(_flat(pixels), out, strict=True):
        kernels.weigh(line, np.array(LUMA), double, written)
    return out


def _flat(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels).reshape(pixels.shape[0], -1)


def _at_most_512(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    if max(height, width) <= LARGEST_CPP_SIDE:
        return pixels
    places = np.arange(LARGEST_CPP_SIDE)
    rows, columns = places * height // LARGEST_CPP_SIDE, places * width // LARGEST_CPP_SIDE
    kept: Pixels = pixels[rows[:, None], columns[None, :]]
    return kept


@cache
def _dct() -> NDArray[np.float32]:
    scale = float(np.float32(sqrt(2.0 / SIDE)))
    step = pi / 2.0 / SIDE
    rows = [[scale * cos(step * (i + 1) * (2 * j + 1)) for j in range(SIDE)] for i in range(16)]
    return np.array(rows, np.float32)


def _frequencies(buffer: Buffer) -> Buffer:
    out = np.empty((16, 16), np.float32)
    kernels.transform(np.ascontiguousarray(buffer, np.float32), _dct(), out)
    return out


def _median(frequencies: Buffer) -> np.float32:
    """The lower median, as Torben Mogensen's search in the reference gives it."""
    median: np.float32 = np.partition(frequencies, 127, axis=None)[127]
    return median


def _hex(frequencies: Buffer) -> str:
    bits = frequencies.ravel() > _median(frequencies)
    return np.packbits(bits[::-1]).tobytes().hex()


def _quality(buffer: Buffer) -> int:
    return _graded(kernels.gradients(buffer, np.float32(0)))


def _graded(gradients: int) -> int:
    return min(100, gradients // 90)


def _surely_ordered(frequencies: Buffer) -> bool:
    """Whether rounding can't move a frequency from one side of the median to the other."""
    around = np.partition(frequencies, (127, 128), axis=None)
    return bool(around[128] - around[127] > FREQUENCY_SLACK)


def _surely_graded(buffer: Buffer) -> bool:
    """Whether rounding can't change the quality."""
    slack = np.float32(GRADIENT_SLACK)
    return _graded(kernels.gradients(buffer, slack)) == _graded(kernels.gradients(buffer, -slack))


_ODD = np.where(
    np.arange(16) % 2, np.float32(1), np.float32(-1)
)  # frequencies 1 to 16: even ones change sign
_ROWS, _COLUMNS = _ODD[:, None], _ODD[None, :]
_SYMMETRIES = (
    "as_is",
    "rotated_90",
    "rotated_180",
    "rotated_270",
    "mirrored",
    "flipped",
    "transposed",
    "transversed",
)


def _turned(frequencies: Buffer) -> dict[str, Buffer]:
    """The frequencies of the eight forms (`dct16OriginalToRotate90` and its neighbours in `pdqhashing.cpp`)."""
    forms = (
        frequencies,
        (frequencies * _COLUMNS).T,
        frequencies * _ROWS * _COLUMNS,
        (frequencies * _ROWS).T,
        frequencies * _COLUMNS,
        frequencies * _ROWS,
        frequencies.T,
        (frequencies * _ROWS * _COLUMNS).T,
    )
    return dict(zip(_SYMMETRIES, map(np.ascontiguousarray, forms), strict=True))
