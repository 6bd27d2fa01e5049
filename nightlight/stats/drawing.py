"""Charts as shapes: bars from zero, one hue and one accent, and the words beside them instead of a legend.

Across, everything is in percent of the width, so that words keep their size on a small screen; down, in rem, so that
they have room when the reader enlarges them. In a language written from the right the picture is the mirror image.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import wrap

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from nightlight.stats import words
from nightlight.stats.books import Rows, Table
from nightlight.stats.charts import Chart, Kind, number_of, points
from nightlight.stats.small_cells import is_hidden

PIXELS = 16  # of a rem, on paper
LONGEST = 34  # letters of a label in a line that 280 px hold
ROOM = 60.0  # percent of the width that the longest of the bars beneath one another takes
LINE, BAR, GAP = 1.35, 1.1, 0.75
HIGH, ABOVE, BELOW = 12.0, 1.8, 1.8
WIDEST = 14.0  # percent that one of few bars takes
WIDE = 78.0  # percent that a curve takes; the rest is for its last number
DAYS = (1, 3, 10, 30)  # beneath a curve
MOST_MARKS = 6  # words beneath an axis


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle, its attributes as they are written."""

    x: str
    y: str
    width: str
    height: str
    accent: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Some words at a place."""

    x: str
    y: str
    words: str
    anchor: str = "start"
    dx: str = "0"
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A straight piece of a curve."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(slots=True)
class Drawing:
    """One chart as its template needs it. `paper`: for a page of a PDF, where lengths are in pixels."""

    title: str
    description: str
    paper: bool
    rtl: bool
    height: str = "0"
    bars: list[Bar] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    axis: str = ""

    def up(self, rem: float) -> str:
        """A length down the page."""
        return f"{rem * PIXELS:.1f}" if self.paper else f"{rem:.3f}rem"

    def bar(self, start: float, top: float, width: float, height: float, accent: bool) -> None:
        """A bar that begins so many percent from where a line begins."""
        x = 100 - start - width if self.rtl else start
        self.bars.append(Bar(f"{x:.3f}%", self.up(top), f"{width:.3f}%", self.up(height), accent))

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """From one place to another, each percent from where a line begins and rem from the top."""
        (x1, y1), (x2, y2) = start, end
        if self.rtl:
            x1, x2 = 100 - x1, 100 - x2
        self.lines.append(Line(f"{x1:.3f}%", self.up(y1), f"{x2:.3f}%", self.up(y2)))

    def text(
        self,
        start: float,
        base: float,
        said: str,
        anchor: str = "start",
        aside: float = 0,
        strong: bool = False,
    ) -> None:
        """Words on a base line. `start` and `anchor` go by the direction of writing."""
        x, dx = (100 - start, -aside) if self.rtl else (start, aside)
        if self.rtl and self.paper:  # there the direction of writing is not known, only left and right
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        self.texts.append(Text(f"{x:.3f}%", self.up(base), said, anchor, self.up(dx), strong))


def draw(table: Table, chart: Chart, rows: Rows, *, paper: bool = False) -> Drawing:
    """A table drawn, in the language that is spoken now."""
    found = [(words.labelled(*label), value) for label, value in points(chart, rows)]
    title = str(table.title)
    made = Drawing(title, _described(found), paper, get_language_bidi())
    if chart.kind == Kind.TIME:
        _beside(made, [label[1] for label, _v in points(chart, rows)], found)
    elif chart.kind == Kind.CURVE:
        _along(made, [(float(str(label[1])), number_of(value)) for label, value in points(chart, rows)])
    else:
        _beneath(made, found)
    return made


def _beneath(made: Drawing, found: Sequence[tuple[str, object]]) -> None:
    """A bar for each, one beneath the other: its words above it, its number at its end."""
    most = max(number_of(value) for _label, value in found)
    peak = next(n for n, (_label, value) in enumerate(found) if number_of(value) == most)
    top = 0.0
    for n, (label, value) in enumerate(found):
        for line in wrap(label, LONGEST) or [""]:
            made.text(0, top + 1, line)
            top += LINE
        width = ROOM * number_of(value) / most
        made.bar(0, top, width, BAR, n == peak)
        made.text(width, top + 0.9, words.figure(value), aside=0.5, strong=True)
        top += BAR + GAP
    made.height = made.up(top)


def _beside(made: Drawing, names: Sequence[object], found: Sequence[tuple[str, object]]) -> None:
    """A bar for each, side by side; the highest says what it is, the axis names the years."""
    slot = min(WIDEST, 100 / len(found))
    most = max(number_of(value) for _label, value in found)
    for n, (label, value) in enumerate(found):
        height = HIGH * number_of(value) / most
        is_peak = number_of(value) == most and not any(bar.accent for bar in made.bars)
        if is_hidden(value):
            made.text((n + 0.5) * slot, ABOVE + HIGH - 0.2, words.figure(value), "middle")
            continue
        made.bar(n * slot + slot * 0.1, ABOVE + HIGH - height, slot * 0.8, height, is_peak)
        if is_peak:
            late = n * 2 > len(found)
            said = f"{label}: {words.figure(value)}"
            made.text(
                (n + 0.9 if late else n + 0.1) * slot, 1.2, said, "end" if late else "start", strong=True
            )
    for n, said in _marks([str(name) for name in names]):
        made.text(n * slot + slot * 0.1, ABOVE + HIGH + 1.4, said)
    made.axis = made.up(ABOVE + HIGH)
    made.height = made.up(ABOVE + HIGH + BELOW)


def _along(made: Drawing, found: Sequence[tuple[float, float]]) -> None:
    """A line from all at the beginning through the share that is left after so many hours, told at its last point."""
    longest = max(hours for hours, _left in found)
    places = [(0.0, ABOVE), *((hours / longest * WIDE, ABOVE + HIGH * (1 - left)) for hours, left in found)]
    for start, end in pairwise(places):
        made.line(start, end)
    made.text(WIDE, places[-1][1] + 0.3, words.share(found[-1][1]), aside=0.4, strong=True)
    made.text(0, 1.2, words.share(1), strong=True)
    for hours, _left in found:
        if hours / 24 in DAYS:
            made.text(hours / longest * WIDE, ABOVE + HIGH + 1.4, words.number(round(hours / 24)), "middle")
    made.text(WIDE, ABOVE + HIGH + 1.4, _("days"), aside=1)
    made.axis = made.up(ABOVE + HIGH)
    made.height = made.up(ABOVE + HIGH + BELOW)


def _marks(names: Sequence[str]) -> list[tuple[int, str]]:
    """The years beneath an axis, at the place of the first month of each; no more than there is room for."""
    firsts = [(n, name[:4]) for n, name in enumerate(names) if not n or name[:4] != names[n - 1][:4]]
    # The rest of a first year may be so short that its number would lie under the next.
    if len(firsts) > 1 and (firsts[1][0] - firsts[0][0]) * MOST_MARKS * 1.5 < len(names):
        firsts = firsts[1:]
    if len(firsts) > 1 and (len(names) - firsts[-1][0]) * 8 < len(names):
        firsts = firsts[:-1]
    step = -(-len(firsts) // MOST_MARKS)
    return firsts[::step]


def _described(found: Sequence[tuple[str, object]]) -> str:
    """What somebody who does not see the bars is told: every number, or where they are too many the ends and peak."""
    said = [f"{label}: {words.figure(value)}" for label, value in found]
    if len(said) <= 12:
        return ". ".join(said) + "."
    peak = max(range(len(found)), key=lambda n: number_of(found[n][1]))
    return _("From %(first)s to %(last)s. The most: %(most)s. Every number is in the table.") % {
        "first": said[0],
        "last": said[-1],
        "most": said[peak],
    }
