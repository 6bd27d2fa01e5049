"""The telephone lines our pages name, from `helplines.toml`: those of the country that the reader chose.

The choice stands in the address (`?country=IE`) and nowhere else: no cookie, and never a guess from the browser's
language. Before anybody chose, the lines are those of the hotline's own country, or else those of the whole EU.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from nightlight.work import clock

PARAMETER = "country"
EVERYWHERE = "EU"
EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Helpline:
    """One line: `number` as people read it, `dial` as a telephone takes it, and where we know it from.

    `kind` is `emergency`, `child` or `crisis`; `places` are codes of countries (ISO 3166-1 alpha-2) or `EU`.
    """

    kind: str
    number: str
    dial: str
    name: str
    words: str
    places: tuple[str, ...]
    source: str
    checked_on: date
    proper: bool = False  # the name is the line's own, the same in every language

    def is_old(self, today: date) -> bool:
        """Whether somebody should check it again before it is relied on."""
        return today > self.checked_on + keeps()

    def is_hidden(self, today: date) -> bool:
        """Whether it is too old to show at all. An emergency number never is."""
        return self.kind != EMERGENCY and today > self.checked_on + 2 * keeps()


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a page names for one country: its code or "", and each line with whether it is old."""

    country: str
    emergency: Helpline
    shown: tuple[tuple[Helpline, bool], ...]


def helplines(country: str = EVERYWHERE) -> tuple[Helpline, ...]:
    """Every line of a country, in the order of the file; of the whole EU where no country is named."""
    return tuple(line for line in every_line() if country in line.places)


@cache
def every_line() -> tuple[Helpline, ...]:
    """Every line of the file."""
    return tuple(Helpline(**{**line, "places": tuple(line["places"])}) for line in _content()["line"])


@cache
def places() -> dict[str, str]:
    """The countries that can be chosen: name in English by code."""
    return dict(_content()["places"])


@cache
def keeps() -> timedelta:
    """How long a checked line is taken as right."""
    return timedelta(days=_content()["keeps_days"])


def asked_for(request: HttpRequest) -> str:
    """The country that the address names, if it is one of ours; else ""."""
    asked = request.GET.get(PARAMETER, "").upper()
    return asked if asked in places() else ""


def numbers(request: HttpRequest) -> Numbers:
    """What to name for whoever reads this page."""
    own = settings.NIGHTLIGHT.countries[:1]
    country = asked_for(request) or (own[0] if own and own[0] in places() else "")
    today = clock.real_now().date()
    lines = helplines(country or EVERYWHERE)
    shown = tuple((line, line.is_old(today)) for line in lines if not line.is_hidden(today))
    return Numbers(country, next(line for line in lines if line.kind == EMERGENCY), shown)


def choices() -> list[tuple[str, str]]:
    """Code and name of each country, in the reader's language and its order of letters."""
    return sorted(((code, gettext(name)) for code, name in places().items()), key=lambda pair: pair[1])


def old_lines(today: date) -> list[Helpline]:
    """The lines that somebody should check again."""
    return [line for line in every_line() if line.is_old(today)]


def texts() -> Iterator[str]:
    """Every text of the file that is translated."""
    yield from places().values()
    for line in every_line():
        yield line.words
        if not line.proper:
            yield line.name


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(files("nightlight.intake").joinpath("helplines.toml").read_text("utf-8"))
