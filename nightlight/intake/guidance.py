"""What the pages for worried grown-ups say, from `guidance.toml`: pages of parts, each text translated on its own."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with a sentence and a list below it, either of which may be missing. `kind`: `list` or `check`."""

    heading: str
    text: str = ""
    kind: str = "list"
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page under /parents/, and where its advice comes from."""

    slug: str
    title: str
    lead: str
    parts: tuple[Part, ...]
    sources: tuple[str, ...]


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in the order of the file."""
    content = tomllib.loads(files("nightlight.intake").joinpath("guidance.toml").read_text("utf-8"))
    return tuple(_page(row) for row in content["page"])


def page(slug: str) -> Page | None:
    """The page of a name."""
    return next((found for found in pages() if found.slug == slug), None)


def texts() -> Iterator[str]:
    """Every text of the file that is translated."""
    for each in pages():
        yield from (each.title, each.lead)
        for part in each.parts:
            yield from filter(None, (part.heading, part.text, *part.items))


def _page(row: dict[str, Any]) -> Page:
    parts = tuple(Part(**{**part, "items": tuple(part.get("items", ()))}) for part in row["part"])
    return Page(row["slug"], row["title"], row["lead"], parts, tuple(row["sources"]))
