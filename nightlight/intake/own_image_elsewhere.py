"""Where people go who were 18 or older in the picture, from `own_image_elsewhere.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from nightlight.work import clock


@dataclass(frozen=True, slots=True)
class Place:
    """One place: `address` is empty where it has none of its own."""

    name: str
    address: str
    words: str
    source: str
    checked_on: date
    good_for: timedelta

    @property
    def is_old(self) -> bool:
        """Whether it was checked too long ago to be relied on."""
        return clock.real_now().date() - self.checked_on > self.good_for


@cache
def places() -> tuple[Place, ...]:
    """Every place, in the order of the file."""
    text = files("nightlight.intake").joinpath("own_image_elsewhere.toml").read_text("utf-8")
    content = tomllib.loads(text)
    good_for = timedelta(days=content["good_for_days"])
    return tuple(Place(**place, good_for=good_for) for place in content["place"])
