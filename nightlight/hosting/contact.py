"""Whom to write to: the abuse contacts inside RDAP entities (RFC 9083 5.1, jCard RFC 7095)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ada_url

from nightlight.net.suffix import registrable

Json = Mapping[str, Any]

DEEPEST = 6
"""Entities inside entities that are still looked into."""

MOST = 20
"""Contacts taken from one record."""


LONGEST = 200
"""Characters of a name."""

_NOT_SHOWN = frozenset(("Cc", "Cf", "Cs"))


class Scope(StrEnum):
    """What a contact can do about a site."""

    NETWORK = "network"
    """Runs the network the site is on: can take the host offline."""
    UPSTREAM = "upstream"
    """Gave that network its addresses."""
    REGISTRAR = "registrar"
    """Sold the domain name: can suspend it."""
    OPERATOR = "operator"
    """Speaks for the domain itself, so perhaps for the site."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One e-mail address and what it is for. ``own_domain``: it is on the reported site's own domain."""

    email: str
    name: str
    role: str
    scope: Scope
    own_domain: bool = False


ABUSE = "abuse"

# Local parts and texts that registries put where an address should be (RFC 9537 and before it).
_PLACEHOLDER = re.compile(
    r"redacted|not[ ._-]?disclosed|please[ ._-]?query|privacy[ ._-]?protected|data[ ._-]?protected"
    r"|statutory[ ._-]?masking|not[ ._-]?available|gdpr[ ._-]?masked|^(?:removed|unknown|none|null|hidden|masked)@",
    re.I,
)
_EMAIL = re.compile(r"^(?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})@(?P<domain>[^@\s]{1,253})$")
_DOMAIN = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
_REDACTED_NAME = re.compile(r"redacted|not[ ._-]?disclosed|please[ ._-]?query", re.I)


def email_address(text: object) -> str | None:
    """An e-mail address that can be written to, its domain in lower-case ASCII; ``None`` for anything else.

    Registries' placeholders ("REDACTED FOR PRIVACY", ``removed@…``) are none.
    """
    if not isinstance(text, str):
        return None
    written = text.strip().removeprefix("mailto:").strip("<> ")
    found = _EMAIL.match(written)
    if not found or _PLACEHOLDER.search(written):
        return None
    local, domain = found["local"], _ascii(found["domain"])
    if not _DOMAIN.match(domain) or local.startswith(".") or local.endswith(".") or ".." in local:
        return None
    return f"{local}@{domain}"


def mail_domain(email: str) -> str:
    """The registrable domain of an e-mail address."""
    return registrable(email.rpartition("@")[2])


def abuse_contacts(record: Json, scope: Scope, *, under: str | None = None) -> tuple[Contact, ...]:
    """Every abuse contact of a record, however deep its entity is nested, each address once.

    ``under`` takes only those inside an entity of that role (the registrar's, in a domain record).
    """
    found: dict[str, Contact] = {}
    for entity, above in entities(record):
        if ABUSE not in roles(entity) or (under is not None and not _within(entity, above, under)):
            continue
        for text in _values(entity, "email"):
            email = email_address(text)
            if email and len(found) < MOST:
                found.setdefault(email, Contact(email, _name_near(entity, above), ABUSE, scope))
    return tuple(found.values())


def entities(record: Json) -> Iterator[tuple[Json, tuple[Json, ...]]]:
    """Every entity of a record with the entities around it, nearest last; outer ones first."""
    yield from _entities(record, ())


def roles(entity: Json) -> frozenset[str]:
    """The roles of an entity, lower case."""
    named = entity.get("roles")
    return (
        frozenset(role.lower() for role in named if isinstance(role, str))
        if isinstance(named, list)
        else frozenset()
    )


def entity_name(entity: Json) -> str:
    """What an entity is called: its organisation or full name; ``""`` if the registry hides it."""
    for kind in ("fn", "org"):
        for value in _values(entity, kind):
            if isinstance(value, str) and value.strip() and not _REDACTED_NAME.search(value):
                return plain(value)
    return ""


def plain(text: str) -> str:
    """What a registry wrote, as it can be kept and shown: at most LONGEST characters, space folded, without the ones
    that no page or database can carry (halves of characters, NUL) or that turn the writing round."""
    folded = " ".join(text[: 4 * LONGEST].split())
    return "".join(c for c in folded if unicodedata.category(c) not in _NOT_SHOWN)[:LONGEST]


def entity_country(entity: Json) -> str | None:
    """The country of an entity's address, if given as a code (RFC 8605 ``cc``, or as the address's last part)."""
    for name, parameters, _, value in _properties(entity):
        if name != "adr":
            continue
        last = value[-1] if isinstance(value, list) and value else None
        for text in (parameters.get("cc") if isinstance(parameters, Mapping) else None, last):
            if (code := country_code(text)) is not None:
                return code
    return None


# Codes registries use for regions and for nothing; they name no country whose law applies.
_NO_COUNTRY = frozenset(("EU", "AP", "ZZ", "XX"))


def country_code(text: object) -> str | None:
    """An ISO 3166-1 alpha-2 code in capitals, or ``None``."""
    if not isinstance(text, str) or not re.fullmatch(r"\s*[A-Za-z]{2}\s*", text):
        return None
    code = text.strip().upper()
    return None if code in _NO_COUNTRY else code


def _entities(record: Json, above: tuple[Json, ...]) -> Iterator[tuple[Json, tuple[Json, ...]]]:
    inside = record.get("entities")
    if not isinstance(inside, list) or len(above) >= DEEPEST:
        return
    for entity in inside:
        if isinstance(entity, Mapping):
            yield entity, above
            yield from _entities(entity, (*above, entity))


def _within(entity: Json, above: tuple[Json, ...], role: str) -> bool:
    return any(role in roles(around) for around in (*above, entity))


def _name_near(entity: Json, above: tuple[Json, ...]) -> str:
    return next((name for near in (entity, *reversed(above)) if (name := entity_name(near))), "")


def _values(entity: Json, kind: str) -> Iterator[Any]:
    yield from (value for name, _, _, value in _properties(entity) if name == kind)


def _properties(entity: Json) -> Iterator[tuple[str, Any, Any, Any]]:
    """The properties of a jCard that have its shape: name, parameters, type, value."""
    card = entity.get("vcardArray")
    listed = card[1] if isinstance(card, list) and len(card) > 1 else None
    for found in listed if isinstance(listed, list) else ():
        if isinstance(found, list) and len(found) >= 4 and isinstance(found[0], str):
            yield found[0].lower(), found[1], found[2], found[3]


def _ascii(domain: str) -> str:
    try:
        return ada_url.idna_to_ascii(domain.rstrip(".")).decode().lower()
    except ValueError:
        return ""
