"""Which law a notice cites: the rows of `laws.toml`, each with its source."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Law:
    """One row: what a notice cites, what it asks to be preserved (empty where the law knows no such request)."""

    id: str
    countries: frozenset[str]
    kinds: frozenset[str]
    text: str
    preserve: str
    source: str

    def fits(self, country: str, kind: str) -> bool:
        """Whether a case of this kind, hosted in this country, falls under the row."""
        return (not self.countries or country in self.countries) and (not self.kinds or kind in self.kinds)


@cache
def all_laws() -> tuple[Law, ...]:
    """Every row, in the order in which they are tried."""
    text = resources.files("nightlight.takedown").joinpath("laws.toml").read_text("utf-8")
    return tuple(
        Law(**{**row, "countries": frozenset(row["countries"]), "kinds": frozenset(row["kinds"])})
        for row in tomllib.loads(text)["law"]
    )


def law_for(country: str, kind: str) -> Law:
    """The first row that fits; the last row fits everything.

    >>> law_for("US", "material").id, law_for("", "grooming").id
    ('us', 'default')
    """
    return next(law for law in all_laws() if law.fits(country, kind))


def law_named(name: str) -> Law:
    """The row with this id. Raises KeyError for a row that is gone."""
    found = {law.id: law for law in all_laws()}
    return found[name]
