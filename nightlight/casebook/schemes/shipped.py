"""The schemes that come with Nightlight, read once."""

from functools import cache
from pathlib import Path

from nightlight.casebook.schemes import read
from nightlight.casebook.schemes.scheme import Scheme

FOLDER = Path(__file__).parent
FILES = ("uk.toml", "inhope.toml", "ncmec.toml")
UK = "UK"


@cache
def schemes() -> dict[str, Scheme]:
    """Each by its key."""
    found = [read.scheme((FOLDER / name).read_text(encoding="utf-8")) for name in FILES]
    return {each.key: each for each in found}


def scheme(key: str) -> Scheme:
    """One by its key. Raises KeyError."""
    return schemes()[key]
