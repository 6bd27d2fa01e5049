"""The tokens of the stylesheet as they are, with how readable each colour is on what it stands on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STYLESHEET = Path(__file__).parent / "static" / "nightlight" / "nightlight.css"
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_HEX = re.compile(r"#[0-9a-f]{6}")
# What each colour of a text or a border stands on, and the least contrast it needs there: WCAG 2.2 1.4.6 for words of
# the public side, 1.4.3 where only the desk has them, 1.4.11 for borders of what one can act on.
STANDS_ON: dict[str, tuple[tuple[str, float], ...]] = {
    "ink": (("paper", 7), ("surface", 7), ("sunk", 7)),
    "quiet": (("paper", 7), ("surface", 7), ("sunk", 4.5)),
    "action": (("paper", 7), ("surface", 7), ("sunk", 4.5)),
    "on-action": (("action", 7),),
    "danger": (("paper", 7), ("surface", 7), ("danger-surface", 7)),
    "edge": (("paper", 3), ("surface", 3), ("sunk", 3)),
}


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour by its token and its value by day and by night; `contrasts` are (ground, by day, by night, least)."""

    name: str
    day: str
    night: str
    contrasts: tuple[tuple[str, float, float, float], ...] = ()


@cache
def tokens(look: str) -> dict[str, str]:
    """Every token by `day` or `night`."""
    sheet = STYLESHEET.read_text("utf-8")
    held = dict(_TOKEN.findall(_block(sheet, ":root,\n.day {")))
    return held if look == "day" else held | dict(_TOKEN.findall(_block(sheet, ":root.night,\n.night {")))


def colours() -> Iterator[Colour]:
    """Every colour, in the order of the stylesheet."""
    day, night = tokens("day"), tokens("night")
    for name, value in day.items():
        if _HEX.fullmatch(value):
            yield Colour(
                name,
                value,
                night[name],
                tuple(
                    (ground, contrast(value, day[ground]), contrast(night[name], night[ground]), least)
                    for ground, least in STANDS_ON.get(name, ())
                ),
            )


def sizes() -> list[tuple[str, str]]:
    """Every other token: type and spacing."""
    return [(name, value) for name, value in tokens("day").items() if not _HEX.fullmatch(value)]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours such as `#1b2430`, from 1 to 21 (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _block(sheet: str, head: str) -> str:
    return sheet.partition(head)[2].partition("}")[0]
