"""The match call: which of these hashes and addresses are on our lists. Equality only."""

import re
from collections.abc import Sequence

from django.db import transaction

from nightlight.audit import log
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


@transaction.atomic
def match(
    who: Member, hashes: Sequence[Hash], digests: Sequence[str]
) -> tuple[list[list[Entry]], list[list[Entry]]]:
    """The listed entries for each hash and each address digest, in the order asked; one audit entry.

    Raises Closed, NotAgreed.
    """
    if hashes:
        may_take(who, ListName.HASHES)
    if digests or not hashes:
        may_take(who, ListName.URLS)
    by_hash = {(row.type, row.value): row for row in _listed("value", [value for _, value in hashes])}
    indexes = [find("url_digest", digest) for digest in digests]
    by_digest = {row.digest_index: row for row in _listed("digest_index", indexes)}
    found = (
        [[by_hash[key]] if (key := (type_.value, value)) in by_hash else [] for type_, value in hashes],
        [[by_digest[index]] if index in by_digest else [] for index in indexes],
    )
    log.record(
        "sharing.match",
        by=actor(who),
        about=who,
        asked=len(hashes) + len(digests),
        matched=sum(map(bool, found[0])) + sum(map(bool, found[1])),
    )
    return found


def _listed(field: str, values: Sequence[str]) -> list[Entry]:
    wanted = sorted(set(values))
    rows: list[Entry] = []
    for first in range(0, len(wanted), _CHUNK):
        some = wanted[first : first + _CHUNK]
        rows += Entry.objects.filter(state=Entry.State.LISTED, **{f"{field}__in": some})
    return rows
