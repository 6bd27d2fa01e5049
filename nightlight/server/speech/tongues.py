"""Which languages there are, how each was made, and which of their parts may be shown.

A rehearsal shows every language whose part is complete. A real home shows what a named person who speaks it read and
signed, as long as the texts are those that were read: a changed text lapses the signature of its part. The part for
young people has a signature of its own: no child acts on a text that no native speaker has read.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from nightlight.server.speech import catalogue

PARTS = ("young", "public", "desk")
SOURCE = "en"
# What Django 5.2 lacks.
MALTESE = {"bidi": False, "code": "mt", "name": "Maltese", "name_local": "Malti"}


@dataclass(frozen=True, slots=True)
class Signature:
    """Who read a part, when, and the digest of what was read (`catalogue.digest`)."""

    part: str
    reviewed_by: str
    on: date
    digest: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language: `made` is "written" for English, "machine" or "person"; `holds` are the parts its catalogue has,
    `complete` those without a gap."""

    code: str
    name: str
    made: str
    complete: tuple[str, ...] = ()
    signed: tuple[Signature, ...] = ()
    holds: tuple[str, ...] = PARTS


@cache
def tongues() -> dict[str, Tongue]:
    """Every language by its code, as `languages.toml` has them."""
    content = tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8"))
    found = {}
    for row in content["language"]:
        signed = tuple(Signature(**each) for each in row.get("signed", []))
        found[row["code"]] = Tongue(
            row["code"],
            row["name"],
            row["made"],
            tuple(row.get("complete", ())),
            signed,
            PARTS if row.get("desk", row["code"] == SOURCE) else PARTS[:2],
        )
    return found


def reviewed(language: str, part: str) -> bool:
    """Whether a named person read this part as it is now. English is the source: it is read where it is written."""
    if language == SOURCE:
        return True
    tongue = tongues().get(language)
    held = [each for each in tongue.signed if each.part == part and each.reviewed_by] if tongue else []
    return bool(held) and held[-1].digest == _digest(language, part)


def served(language: str, part: str, *, rehearsal: bool) -> bool:
    """Whether pages of this part may speak this language, in a rehearsal or a real home."""
    tongue = tongues().get(language)
    if tongue is None or language == SOURCE:
        return tongue is not None
    return part in tongue.complete and (rehearsal or reviewed(language, part))


@cache
def _digest(language: str, part: str) -> str:
    return catalogue.digest(catalogue.read(language).values(), part)
