"""Uniform borders: found and cut off, so that a picture in a letterbox is known as the picture.

A border may have any near-uniform colour and each side its own; JPEG noise is forgiven. One pass takes one
frame: what a second pass would take from under it may be the picture's own (a clear sky), so that is a look of
its own. At least an eighth of each side always remains, so a flat picture loses nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint.edits_kernels import border

TOLERANCE = 20  # levels of 255, in any channel
STRAYS = 20  # pixels in 1,000 of a row
LEAST_SHARE = 8  # at least an eighth of each side remains
LEAST_PIXELS = 16


@dataclass(frozen=True, slots=True)
class Box:
    """Part of a picture in whole pixels: rows `top` up to `bottom`, columns `left` up to `right`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def of(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The part itself, as a view."""
        return pixels[self.top : self.bottom, self.left : self.right]


def trimmed(pixels: NDArray[np.uint8]) -> Box | None:
    """What remains of a picture, uint8 (H, W, 3), inside its uniform borders; nothing if there is none to cut.

    Rows go first, columns are then judged on the rows that remain: so a frame's corners are cut with its rows.
    """
    height, width = pixels.shape[:2]
    if height < LEAST_PIXELS or width < LEAST_PIXELS:
        return None
    top, bottom = _both_ends(pixels)
    rows = pixels[top : height - bottom]
    left, right = _both_ends(rows.transpose(1, 0, 2))
    box = Box(left, top, width - right, height - bottom)
    if not (left or right or top or bottom) or _too_little(box, width, height):
        return None
    return box


def _both_ends(pixels: NDArray[np.uint8]) -> tuple[int, int]:
    """Rows of border at the top and at the bottom; none where the whole height is one."""
    height = pixels.shape[0]
    top = border(pixels, TOLERANCE, STRAYS)
    if top == height:
        return 0, 0
    return top, border(pixels[::-1], TOLERANCE, STRAYS)


def _too_little(box: Box, width: int, height: int) -> bool:
    return box.width < max(LEAST_PIXELS, width // LEAST_SHARE) or box.height < max(
        LEAST_PIXELS, height // LEAST_SHARE
    )
