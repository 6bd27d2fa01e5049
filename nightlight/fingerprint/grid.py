"""The grid of edits: which crops and turns of a picture are stored beside it, with offsets no stranger knows.

What PDQ feels in a crop is mostly how far the picture's middle moved, much less how much larger it became: 1 % off
one side costs 19 bits, 2 % off every side, which moves nothing, 22. So the grid is close in shifts and wide in sizes:

- a lattice of shifts across and down, each with a little cut off every side; a second, with more cut off, around its
  middle: together any crop of up to about 5 % of each side;
- lines of ever larger crops: one side alone, two sides that face each other, all around;
- lines of turns by ever more degrees, for the three things that may become of the canvas.

Points on a line or in a lattice are one spacing apart, and radius 31 forgives half of it in each direction. Where
the first point lies follows from the installation's seed through a keyed hash (BLAKE2b, RFC 7693): whoever knows
this file but not the seed can't aim at the middle between two points.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil

MOST_ENTRIES = 100
SIDES = ("left", "top", "right", "bottom")


class Turn(StrEnum):
    """What became of the canvas when a picture was turned by a few degrees."""

    FILLED = "filled"  # same canvas, black corners
    STRAIGHTENED = "straightened"  # zoomed in until no corner is empty, same proportions
    EXPANDED = "expanded"  # canvas grown until nothing is cut, black corners


@dataclass(frozen=True, slots=True)
class Edit:
    """One derived view. `left`, `top`, `right`, `bottom` are the shares of width or height cut off there.

    `degrees` turns the picture clockwise as seen. `trim` cuts off its uniform borders. `name` says the way and the
    step's nominal size (percent or degrees), which is the same for every seed, so that a name gives no offset away.
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
    """One way to edit further and further, from `start` to `reach`, in percent of a side or degrees.

    `sides` names what is cut; or `turn` and `direction` (1 is clockwise) say how it is turned.
    """

    name: str
    spacing: float
    reach: float
    start: float = 0.0
    sides: tuple[str, ...] = ()
    turn: Turn | None = None
    direction: int = 1

    @property
    def count(self) -> int:
        """Enough points to come within half a spacing of the end, wherever the first lies."""
        return ceil((self.reach - self.start) / self.spacing + 0.5)


@dataclass(frozen=True, slots=True)
class Lattice:
    """Shifts across and down, `count` each way, `spacing` percent of a side apart, centred but for the seed.

    `margin` percent are cut off every side beside the shift, half to one and a half times that by the seed.
    """

    name: str
    spacing: float
    count: int
    margin: float


LATTICES = (Lattice("cropped_freely", 1.25, 5, 0.8), Lattice("cropped_deeply", 1.25, 3, 3.0))

LINES = (
    *(Line(f"cropped_{side}", 1.8, 8.0, start=3.5, sides=(side,)) for side in SIDES),
    Line("cropped_sides", 3.0, 8.0, start=1.5, sides=("left", "right")),
    Line("cropped_ends", 3.0, 8.0, start=1.5, sides=("top", "bottom")),
    Line("cropped_around", 1.25, 8.0, sides=SIDES),
    *(
        Line(f"tilted_{way}_{turn}", 1.45, 5.0, turn=turn, direction=sign)
        for turn in Turn
        for way, sign in (("right", 1), ("left", -1))
    ),
)
"""The spacings are chosen by measuring: `docs/performance.md`, "edits"."""


@lru_cache(maxsize=16)
def grid(seed: bytes) -> tuple[Edit, ...]:
    """The edits of this installation, in an order that is the same for every seed; tag = position + 1.

    The first is the whole picture, `resampled` evenly; the second what is inside its uniform borders. The seed
    should be 16 random bytes or more, and secret.
    """
    key = hashlib.sha256(seed).digest()
    edits = [Edit("resampled"), Edit("bordered", trim=True)]
    for lattice in LATTICES:
        edits += _shifted(lattice, key)
    for line in LINES:
        edits += _along(line, key)
    return tuple(edits)


def _along(line: Line, key: bytes) -> Iterator[Edit]:
    phase = _chance(key, line.name)
    for step in range(1, line.count + 1):
        amount = line.start + line.spacing * (step - phase)
        name = f"{line.name}_{line.start + line.spacing * (step - 0.5):g}"
        if line.turn is not None:
            yield Edit(name, degrees=line.direction * amount, turn=line.turn)
        else:
            left, top, right, bottom = (amount / 100 if side in line.sides else 0.0 for side in SIDES)
            yield Edit(name, left, top, right, bottom)


def _shifted(lattice: Lattice, key: bytes) -> Iterator[Edit]:
    """The edits of a lattice, row by row; a shift of the middle is a cut twice as wide off one side."""
    margin = lattice.margin * (0.5 + _chance(key, f"{lattice.name} margin"))
    across = _shifts(lattice, _chance(key, f"{lattice.name} across"))
    down = _shifts(lattice, _chance(key, f"{lattice.name} down"))
    for row, y in enumerate(down):
        for column, x in enumerate(across):
            yield Edit(
                f"{lattice.name}_{column}_{row}",
                left=(margin + max(0.0, 2 * x)) / 100,
                top=(margin + max(0.0, 2 * y)) / 100,
                right=(margin + max(0.0, -2 * x)) / 100,
                bottom=(margin + max(0.0, -2 * y)) / 100,
            )


def _shifts(lattice: Lattice, phase: float) -> list[float]:
    return [lattice.spacing * (step + 0.5 - phase - lattice.count / 2 + 0.5) for step in range(lattice.count)]


def _chance(key: bytes, name: str) -> float:
    """A number at least 0 and below 1, even over seeds, always the same for a seed and a name."""
    digest = hashlib.blake2b(name.encode(), key=key, digest_size=6, person=b"nl-edits").digest()
    return int.from_bytes(digest, "big") / 2**48
