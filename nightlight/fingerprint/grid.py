"""The grid of edits: which crops and turns of a picture are stored beside it, with offsets no stranger knows.

A line is one way to edit further and further, such as cutting off more and more of the left side. PDQ at radius
31 forgives about half a spacing in each direction, so points one spacing apart leave no gap. Where a line's first
point lies is derived from the installation's seed by a keyed hash (BLAKE2b, RFC 7693): whoever knows this file
but not the seed can't aim at the middle between two points.
"""

import hashlib
import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MOST_ENTRIES = 100


class Turn(StrEnum):
    """What became of the canvas when a picture was turned by a few degrees."""

    FILLED = "filled"  # same canvas, black corners
    STRAIGHTENED = "straightened"  # zoomed in until no corner is empty, same proportions
    EXPANDED = "expanded"  # canvas grown until nothing is cut, black corners


@dataclass(frozen=True, slots=True)
class Edit:
    """One derived view. `left`, `top`, `right`, `bottom` are the shares of width or height cut off there.

    `degrees` turns the picture clockwise as seen. `name` says the way and the step's nominal size (percent
    or degrees), which is the same for every seed, so that a name gives no offset away.
    """

    name: str
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    degrees: float = 0.0
    turn: Turn | None = None
    trim: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One way to edit: which sides are cut, or how it is turned; `spacing` and `reach` in percent or degrees."""

    name: str
    spacing: float
    reach: float
    sides: str = ""
    turn: Turn | None = None
    direction: int = 1

    @property
    def count(self) -> int:
        """Enough points to reach the end from wherever the first may lie."""
        return math.ceil(self.reach / self.spacing + 0.5)


LINES = (
    *(Line(f"cropped_{side}", 2.0, 8.0, sides=side) for side in ("left", "right", "top", "bottom")),
    Line("cropped_sides", 2.0, 8.0, sides="left right"),
    Line("cropped_ends", 2.0, 8.0, sides="top bottom"),
    Line("cropped_around", 1.6, 8.0, sides="left right top bottom"),
    *(
        Line(f"cropped_{end}_{side}", 1.8, 6.0, sides=f"{end} {side}")
        for end in ("top", "bottom")
        for side in ("left", "right")
    ),
    *(
        Line(f"tilted_{way}_{turn}", 1.8, 5.0, turn=turn, direction=sign)
        for turn in Turn
        for way, sign in (("right", 1), ("left", -1))
    ),
)
"""Percent of the side per cut side; degrees for turns. Spacings measured: docs/performance.md, "edits"."""


@lru_cache(maxsize=16)
def grid(seed: bytes) -> tuple[Edit, ...]:
    """The edits of this installation, in an order that is the same for every seed; tag = position + 1.

    The first is the picture without its uniform borders. The seed should be 16 random bytes or more.
    """
    key = hashlib.sha256(seed).digest()
    edits = [Edit("bordered", trim=True)]
    for line in LINES:
        phase = _phase(key, line.name)
        edits += [_edit(line, step, line.spacing * (step - phase)) for step in range(1, line.count + 1)]
    return tuple(edits)


def _phase(key: bytes, name: str) -> float:
    """Where in its spacing a line starts, at least 0 and below 1, evenly over seeds."""
    digest = hashlib.blake2b(name.encode(), key=key, digest_size=8, person=b"nl-edits").digest()
    return int.from_bytes(digest) / 2**64 if digest != b"\xff" * 8 else 0.0


def _edit(line: Line, step: int, amount: float) -> Edit:
    name = f"{line.name}_{line.spacing * (step - 0.5):g}"
    if line.turn is not None:
        return Edit(name, degrees=line.direction * amount, turn=line.turn)
    cut = dict.fromkeys(line.sides.split(), amount / 100)
    return Edit(name, **cut)
