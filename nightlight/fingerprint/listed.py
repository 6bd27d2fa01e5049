"""What lists of known media say: an entry, a line that can't be read, a fingerprint that nothing here can match."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The fingerprints that Nightlight matches: PDQ by distance, the others by equality."""

    PDQ = "pdq"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"


DIGITS = {Kind.PDQ: 64, Kind.MD5: 32, Kind.SHA1: 40, Kind.SHA256: 64}
_NAMES = {Kind.PDQ: "a PDQ hash", Kind.MD5: "an MD5", Kind.SHA1: "a SHA-1", Kind.SHA256: "a SHA-256"}
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class Listed:
    """One fingerprint on a list.

    `line` counts the lines of the file from 0; in NCMEC's XML, where an item takes many lines, it counts the items,
    and all fingerprints of one item share it. `id` is the list's own name for the item, None where it names none.
    `value` is lower-case hex. `member` is who put it there, where the list says so.
    """

    line: int
    id: str | None
    kind: Kind
    value: str
    label: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no entry, and why; `line` counts the lines of the file from 0. The rest is read all the same."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut(BadLine):
    """A line that is in order but gives nothing to match: a fingerprint of another kind, or one said not to match."""


Answer = Listed | BadLine


@dataclass(frozen=True, slots=True)
class Row:
    """What one line or item says about the item called `key`: its fingerprints, or none, which withdraws it.

    Of all rows with one key only the last stands: the one with the latest `stamp`, the later of equals.
    """

    key: tuple[str, ...] | None
    stamp: datetime | None
    answers: tuple[Answer, ...]


class BadValue(ValueError):
    """The text is no fingerprint of that kind; the message says why without repeating what strangers wrote."""


def value(kind: Kind, text: str) -> str:
    """A fingerprint in lower-case hex, whatever case it was written in. Raises BadValue.

    >>> value(Kind.MD5, "D41D8CD98F00B204E9800998ECF8427E")
    'd41d8cd98f00b204e9800998ecf8427e'
    """
    if len(text) == DIGITS[kind] and _HEX.fullmatch(text):
        return text.lower()
    if not text:
        raise BadValue(f"no hash where {_NAMES[kind]} should be")
    if _HEX.fullmatch(text):
        raise BadValue(f"{len(text)} hex digits where {_NAMES[kind]} has {DIGITS[kind]}")
    place = next(n for n, letter in enumerate(text) if not _HEX.fullmatch(letter))
    raise BadValue(f"{_NAMES[kind]} has hex digits only; character {place + 1} is {text[place]!a}")
