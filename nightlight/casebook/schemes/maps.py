"""What a grade becomes in another scheme: a table whose every row has its source.

Where a fact that the other scheme needs was not recorded, nothing is made of a grade, and the table says what is
missing.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from nightlight.casebook.schemes.shipped import FOLDER


class NotMade(LookupError):
    """No grade of the other scheme follows; the message says which fact is missing, `missing` names it alone, empty
    where there is no table at all."""

    def __init__(self, message: str, missing: str = "") -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Made:
    """A grade that follows: its source, and why."""

    scheme: str
    value: str
    to: str
    becomes: str
    because: str
    source: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A pair of schemes for which nothing follows beyond the rows that are made."""

    scheme: str
    to: str
    missing: str
    because: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the contract as another scheme numbers it; a value without a number has none there."""

    field: str
    to: str
    called: str
    source: str
    values: dict[str, int]


@dataclass(frozen=True, slots=True)
class Flag:
    """A recorded fact that sets a flag of another scheme."""

    field: str
    value: str
    to: str
    called: str
    source: str


# What the facts of INHOPE's scheme are called in ICCAM (domain.md 2.2).
FACTS = {"age_category": "ageCategorization", "child_modelling": "childModeling"}


@cache
def flags() -> tuple[Flag, ...]:
    """The facts that set a flag."""
    return tuple(Flag(**row) for row in _read()["flags"])


@cache
def fields() -> tuple[Field, ...]:
    """The fields of the contract that another scheme numbers."""
    return tuple(Field(**row) for row in _read()["fields"])


@cache
def table() -> tuple[tuple[Made, ...], tuple[Missing, ...]]:
    """All rows: what is made, and what is not."""
    said = _read()
    made = tuple(Made(scheme=row.pop("from"), **row) for row in said["made"])
    return made, tuple(Missing(scheme=row.pop("from"), **row) for row in said["not_made"])


def _read() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "maps.toml").read_text(encoding="utf-8"))


def mapped(scheme: str, value: str, to: str) -> Made:
    """What a grade becomes in another scheme. Raises NotMade."""
    made, missing = table()
    for row in made:
        if (row.scheme, row.value, row.to) == (scheme, value, to):
            return row
    for gap in missing:
        if (gap.scheme, gap.to) == (scheme, to):
            raise NotMade(f"{gap.missing} was not recorded: {gap.because}", gap.missing)
    raise NotMade(f"no table leads from {scheme} to {to}")
