"""The telephone lines our pages name, from `helplines.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Helpline:
    """One line: `number` as people read it, `dial` as a telephone takes it, and where we know it from."""

    number: str
    dial: str
    name: str
    words: str
    source: str
    checked_on: date


@cache
def helplines() -> tuple[Helpline, ...]:
    """Every line, in the order of the file."""
    content = tomllib.loads(files("nightlight.intake").joinpath("helplines.toml").read_text("utf-8"))
    return tuple(Helpline(**line) for line in content["line"])
