"""The match call: which of these hashes and addresses are on our lists.

A PDQ matches within 31 bits, by the index (`casebook/index.py`); every other hash and an address match by equality.
The lists in the database have the last word: what the index finds is told only while its entry is listed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from nightlight.audit import log
from nightlight.casebook.nearby import near_codes
from nightlight.casebook.sealed import find
from nightlight.net import address
from nightlight.sharing.models import Entry, ListName, Member, Type
from nightlight.sharing.verbs import actor, may_take

MOST = 1000
HEX_DIGITS = {Type.SHA256: 64, Type.SHA1: 40, Type.MD5: 32, Type.PDQ: 64}
_HEX = re.compile(r"[0-9a-f]+")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_CHUNK = 400

Hash = tuple[Type, str]


class BadItem(ValueError):
    """One item of a question makes no sense; the message names it by its index."""


def read_hash(index: int, type_: str, value: str) -> Hash:
    """One hash as asked. Raises BadItem for an unknown type or a value that is not its hex digits."""
    if type_ not in HEX_DIGITS:
        raise BadItem(f"hashes[{index}]: the type is one of {', '.join(HEX_DIGITS)}")
    known = Type(type_)
    text = value.strip().lower()
    if len(text) != HEX_DIGITS[known] or not _HEX.fullmatch(text):
        raise BadItem(f"hashes[{index}]: a {known.value} value is {HEX_DIGITS[known]} hex digits")
    return known, text


def read_url(index: int, text: str) -> str:
    """The hex SHA-256 of an address as asked: a digest is taken as it is, an address is made canonical first.
    Raises BadItem."""
    if _DIGEST.fullmatch(text.strip()):
        return text.strip().lower()
    try:
        return address.digests(address.canonical(text))[0].hex()
    except address.NotAnAddress as error:
        raise BadItem(f"urls[{index}]: {error.reason}") from error


@dataclass(frozen=True, slots=True)
class Matched:
    """A listed entry that one item matches; `distance` in bits for a PDQ, None where only equality counts."""

    entry: Entry
    distance: int | None = None


def match(
    who: Member, hashes: Sequence[Hash], digests: Sequence[str]
) -> tuple[list[list[Matched]], list[list[Matched]]]:
    """The listed entries for each hash, the nearest first, and each address digest, in the order asked; one audit
    entry. Raises Closed, NotAgreed.
    """
    _may_ask(who, hashes, digests)
    near = _near(hashes)  # before the transaction, which on SQLite keeps all others from writing
    return _match(who, hashes, digests, near)


def _near(hashes: Sequence[Hash]) -> list[dict[str, int]]:
    """For each hash the values that may be listed for it, with their distances; itself always."""
    codes = {value: dict[str, int]() for type_, value in hashes if type_ == Type.PDQ}
    codes = dict(zip(codes, near_codes(list(codes)), strict=True))
    return [{value: 0, **codes[value]} if type_ == Type.PDQ else {value: 0} for type_, value in hashes]


def _may_ask(who: Member, hashes: Sequence[Hash], digests: Sequence[str]) -> None:
    if hashes:
        may_take(who, ListName.HASHES)
    if digests or not hashes:
        may_take(who, ListName.URLS)


@transaction.atomic
def _match(
    who: Member, hashes: Sequence[Hash], digests: Sequence[str], near: Sequence[dict[str, int]]
) -> tuple[list[list[Matched]], list[list[Matched]]]:
    _may_ask(who, hashes, digests)
    values = [value for each in near for value in each]
    by_hash = {(row.type, row.value): row for row in _listed("value", values)}
    indexes = [find("url_digest", digest) for digest in digests]
    by_digest = {row.digest_index: row for row in _listed("digest_index", indexes)}
    found = (
        [_nearest(type_, by_hash, distances) for (type_, _), distances in zip(hashes, near, strict=True)],
        [[Matched(by_digest[index])] if index in by_digest else [] for index in indexes],
    )
    log.record(
        "sharing.match",
        by=actor(who),
        about=who,
        asked=len(hashes) + len(digests),
        matched=sum(map(bool, found[0])) + sum(map(bool, found[1])),
    )
    return found


def _nearest(type_: Type, by_hash: dict[tuple[str, str], Entry], distances: dict[str, int]) -> list[Matched]:
    rows = [
        Matched(by_hash[key], distance if type_ == Type.PDQ else None)
        for value, distance in distances.items()
        if (key := (type_.value, value)) in by_hash
    ]
    return sorted(rows, key=lambda row: (row.distance or 0, row.entry.pk))


def _listed(field: str, values: Sequence[str]) -> list[Entry]:
    wanted = sorted(set(values))
    rows: list[Entry] = []
    for first in range(0, len(wanted), _CHUNK):
        some = wanted[first : first + _CHUNK]
        rows += Entry.objects.filter(state=Entry.State.LISTED, **{f"{field}__in": some})
    return rows
