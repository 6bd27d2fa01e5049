"""Reading `world.toml` into a `World`, and refusing anything that could mean a real host."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar

from nightlight.demo.conduct import Answer, Behaviour, Conduct, Shows
from nightlight.demo.world import (
    DOCUMENTATION_NETWORKS,
    Address,
    Body,
    BodyKind,
    DomainContact,
    Expected,
    Page,
    Provider,
    Registrar,
    Site,
    World,
    holds,
)

WORLD_FILE = Path(__file__).with_name("world.toml")

# RFC 2606: names that no registry will ever sell.
_RESERVED_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(test|example)")
# RFC 5398: AS numbers for documentation.
_DOCUMENTATION_ASNS = (range(64496, 64512), range(65536, 65552))
_SPAN = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SPANS = ("after", "then_after", "back_after", "says_after")

Row = Mapping[str, Any]
T = TypeVar("T")


class WorldError(ValueError):
    """A row of the world file that does not fit; the message names the row."""


def load_world(path: Path = WORLD_FILE) -> World:
    """Read a world file.

    Raises `WorldError` for a row that is incomplete or inconsistent, or that names an address, AS number or
    host outside the ranges reserved for documentation.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    world = World(
        providers=_rows("provider", table["providers"], _provider),
        registrars=_rows("registrar", table["registrars"], _registrar),
        bodies=_rows("body", table["bodies"], _body),
        sites=_rows("site", {row["host"]: row for row in table["sites"]}, _site),
        staff_domains=tuple(table["staff_domains"]),
    )
    if len(world.sites) != len(table["sites"]):
        raise WorldError("two sites have the same host")
    faults = [*_strangers(world), *_loose_ends(world)]
    if faults:
        raise WorldError("; ".join(faults))
    return world


def span(text: str) -> timedelta:
    """A length of time written as `40m`, `6h` or `3d`; raises `WorldError` for anything else.

    >>> span("6h")
    datetime.timedelta(seconds=21600)
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise WorldError(f"not a length of time: {text!r}")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _rows(kind: str, rows: Mapping[str, Row], read: Callable[[str, Row], T]) -> dict[str, T]:
    known: dict[str, T] = {}
    for key, row in rows.items():
        try:
            known[key] = read(key, row)
        except KeyError as missing:
            raise WorldError(f"{kind} {key}: {missing} is missing") from missing
        except ValueError as wrong:
            raise WorldError(f"{kind} {key}: {wrong}") from wrong
    return known


def _provider(key: str, row: Row) -> Provider:
    return Provider(
        key=key,
        name=row["name"],
        domain=row["domain"],
        country=row["country"],
        asn=row["asn"],
        networks=tuple(ip_network(block) for block in row["networks"]),
        conduct=_conduct(row["conduct"]),
        mailbox=row.get("mailbox"),
        parent=row.get("parent"),
    )


def _conduct(row: Row) -> Conduct:
    return Conduct(
        behaviour=Behaviour(row["behaviour"]),
        taken_down=Shows(row.get("taken_down", Shows.NOT_FOUND)),
        moves_to=_addresses(row.get("moves_to", ())),
        redirects_to=row.get("redirects_to", ""),
        blocks_from_start=row.get("blocks_from_start", False),
        says=Answer(row["says"]) if "says" in row else None,
        note=row.get("note", ""),
        **{name: span(row[name]) for name in _SPANS if name in row},
    )


def _registrar(key: str, row: Row) -> Registrar:
    return Registrar(key, row["name"], row["domain"], row["iana_id"], row["mailbox"])


def _body(key: str, row: Row) -> Body:
    countries = tuple(row["countries"])
    return Body(
        key, BodyKind(row["kind"]), row["name"], row["mailbox"], countries, span(row["passes_on_after"])
    )


def _site(host: str, row: Row) -> Site:
    return Site(
        host=host,
        kind=row["kind"],
        title=row["title"],
        addresses=_addresses(row["at"]),
        registrar=row["registrar"],
        pages=tuple(_page(page) for page in row["pages"]),
        origin=_addresses(row.get("origin", ())),
        conduct=_conduct(row["conduct"]) if "conduct" in row else None,
        domain_contact=DomainContact(row.get("domain_contact", DomainContact.REGISTRAR)),
    )


def _page(row: Row) -> Page:
    return Page(
        path=row["path"],
        title=row.get("title", ""),
        pictures=tuple(row.get("pictures", ())),
        links=tuple(row.get("links", ())),
        expected=Expected(row.get("expected", Expected.CONFIRMED)),
    )


def _addresses(written: Sequence[str]) -> tuple[Address, ...]:
    return tuple(ip_address(address) for address in written)


def _strangers(world: World) -> Iterator[str]:
    """Names, networks and numbers outside the ranges reserved for documentation."""
    names = [*world.sites, *world.mail_domains()]
    names += [provider.domain for provider in world.providers.values()]
    names += [registrar.domain for registrar in world.registrars.values()]
    yield from (f"{name} is not a reserved name" for name in names if not _RESERVED_NAME.fullmatch(name))
    for provider in world.providers.values():
        if not any(provider.asn in numbers for numbers in _DOCUMENTATION_ASNS):
            yield f"AS{provider.asn} is not a documentation AS number"
        for network in provider.networks:
            if not any(holds(reserved, network) for reserved in DOCUMENTATION_NETWORKS):
                yield f"{network} is not a documentation network"


def _loose_ends(world: World) -> Iterator[str]:
    """References to rows that are not there, and providers that nobody can write to."""
    for provider in world.providers.values():
        if provider.parent is not None and provider.parent not in world.providers:
            yield f"provider {provider.key}: no parent {provider.parent}"
        elif world.answerable_for(provider).mailbox is None:
            yield f"provider {provider.key}: nobody to write to"
        homes = provider.conduct.moves_to
        yield from (
            f"provider {provider.key}: {at} is in no network" for at in homes if not world.provider_at(at)
        )
    for site in world.sites.values():
        if site.registrar not in world.registrars:
            yield f"site {site.host}: no registrar {site.registrar}"
        homes = (*site.addresses, *site.origin, *(site.conduct.moves_to if site.conduct else ()))
        yield from (
            f"site {site.host}: {home} is in no network" for home in homes if not world.provider_at(home)
        )
        if len({page.path for page in site.pages}) != len(site.pages):
            yield f"site {site.host}: two pages have the same path"
