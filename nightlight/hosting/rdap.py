"""The RDAP client (RFC 9082, RFC 9083): whose network an address is in, and who sold a domain."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any

from nightlight.hosting.bootstrap import Bootstrap
from nightlight.hosting.contact import (
    Contact,
    Json,
    Scope,
    abuse_contacts,
    country_code,
    entities,
    entity_country,
    entity_name,
    plain,
    roles,
)
from nightlight.net.errors import FetchError
from nightlight.net.fetch import Fetcher, origin

ACCEPT = "application/rdap+json, application/json;q=0.9"
MOST_BYTES = 2_000_000
MOST_PARENTS = 3


class RdapError(Exception):
    """RDAP gave no record; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoRecord(RdapError):
    """The registry answers that it has no such record, or no registry is named for it."""


class CannotTell(RdapError):
    """The registry did not answer, or not in RDAP."""


@dataclass(frozen=True, slots=True)
class Network:
    """A block of IP addresses. ``holder`` is the organisation it was given to, ``""`` if unknown.

    ``country`` is the block's own, else of an entity's address, else of a parent block. ``contacts`` are its
    abuse contacts; where it has none the nearest parent's or its autonomous system's, with scope ``upstream``.
    ``problems`` tells what could not be asked on the way.
    """

    handle: str
    name: str
    holder: str
    start: str
    end: str
    country: str | None
    asn: int | None
    contacts: tuple[Contact, ...]
    parent: str | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registration:
    """A domain name's registration; contacts of the registrar first, then the domain's own abuse contacts."""

    name: str
    registrar: str
    contacts: tuple[Contact, ...]
    name_servers: tuple[str, ...]
    problems: tuple[str, ...] = ()


class Rdap:
    """Asks the services a bootstrap names. They are the operator's choice, so they may be on loopback."""

    def __init__(self, bootstrap: Bootstrap, fetcher: Fetcher) -> None:
        self._bootstrap = bootstrap
        self._fetcher = fetcher
        self._trusted = bootstrap.origins

    def ip(self, address: str) -> Network:
        """The smallest network that holds an IP address, with the contacts and country its parents add.

        Raises :class:`NoRecord` and :class:`CannotTell`.
        """
        record = self._ask(self._bootstrap.for_ip(address), f"ip/{ip_address(address)}", address)
        network = self._with_parents(_network(record, Scope.NETWORK))
        if network.contacts or network.asn is None:
            return network
        return self._with_autonomous_system(network, network.asn)

    def _with_parents(self, network: Network) -> Network:
        """Fill in contacts and country from the blocks this one was cut out of (RFC 9083, link ``up``)."""
        asked: set[str] = set()
        up = network.parent
        while up and (not network.contacts or network.country is None) and len(asked) < MOST_PARENTS:
            asked.add(up)
            try:
                parent = _network(self._get(up), Scope.UPSTREAM)
            except RdapError as error:
                return _with_problem(network, f"cannot tell who is above {network.handle}: {error.reason}")
            network = replace(
                network,
                contacts=network.contacts or parent.contacts,
                country=network.country or parent.country,
            )
            up = parent.parent if parent.parent not in asked else None
        return network

    def _with_autonomous_system(self, network: Network, asn: int) -> Network:
        """Whoever announces the block to the world can be written to when its registration names nobody."""
        try:
            record = self._ask(self._bootstrap.for_asn(asn), f"autnum/{asn}", f"AS{asn}")
        except RdapError as error:
            return _with_problem(network, f"cannot tell who runs AS{asn}: {error.reason}")
        return replace(network, contacts=abuse_contacts(record, Scope.UPSTREAM))

    def domain(self, name: str) -> Registration:
        """The registration of a domain name. Raises :class:`NoRecord` and :class:`CannotTell`."""
        record = self._ask(self._bootstrap.for_domain(name), f"domain/{name}", name)
        registration = _registration(record, name)
        if any(contact.scope is Scope.REGISTRAR for contact in registration.contacts):
            return registration
        related = _link(record, "related")
        return registration if related is None else self._with_registrar(registration, related)

    def _with_registrar(self, registration: Registration, related: str) -> Registration:
        """A thin registry keeps the registrar's contact in the registrar's own record."""
        try:
            fuller = _registration(self._get(related), registration.name)
        except RdapError as error:
            problem = f"cannot tell the registrar's contact for {registration.name}: {error.reason}"
            return replace(registration, problems=(problem,))
        known = {contact.email for contact in registration.contacts}
        added = tuple(contact for contact in fuller.contacts if contact.email not in known)
        return replace(
            registration,
            registrar=registration.registrar or fuller.registrar,
            contacts=(*added, *registration.contacts),
        )

    def _ask(self, bases: tuple[str, ...], path: str, what: str) -> Json:
        """The first service that answers. A "no such record" is an answer."""
        failure: RdapError = NoRecord(f"no registry is named for {what}")
        for base in bases:
            try:
                return self._get(base + path)
            except CannotTell as error:
                failure = error
        raise failure

    def _get(self, url: str) -> Json:
        try:
            if origin(url) in self._trusted:
                answer = self._fetcher.fetch_trusted(
                    url, accept=ACCEPT, max_bytes=MOST_BYTES, also_trusted=self._trusted
                )
            else:
                answer = self._fetcher.fetch(url, accept=ACCEPT, max_bytes=MOST_BYTES)
        except FetchError as error:
            raise CannotTell(f"the registry could not be asked ({error})") from error
        if answer.status == 404:
            raise NoRecord("the registry has no such record")
        if answer.status != 200:
            raise CannotTell(f"the registry answered with status {answer.status}")
        try:
            record = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise CannotTell("the registry's answer is not JSON") from error
        if not isinstance(record, Mapping) or "errorCode" in record:
            raise CannotTell("the registry's answer is not a record")
        return record


def _with_problem(network: Network, problem: str) -> Network:
    return replace(network, problems=(*network.problems, problem))


def _network(record: Json, scope: Scope) -> Network:
    holders = [entity for entity, above in entities(record) if "registrant" in roles(entity) and not above]
    countries = (entity_country(entity) for entity in (*holders, *(entity for entity, _ in entities(record))))
    return Network(
        handle=_text(record, "handle"),
        name=_text(record, "name"),
        holder=next((name for entity in holders if (name := entity_name(entity))), ""),
        start=_text(record, "startAddress"),
        end=_text(record, "endAddress"),
        country=country_code(record.get("country")) or next((code for code in countries if code), None),
        asn=_asn(record),
        contacts=abuse_contacts(record, scope),
        parent=_link(record, "up"),
    )


def _registration(record: Json, name: str) -> Registration:
    registrars = [entity for entity, _ in entities(record) if "registrar" in roles(entity)]
    of_registrar = abuse_contacts(record, Scope.REGISTRAR, under="registrar")
    known = {contact.email for contact in of_registrar}
    others = tuple(c for c in abuse_contacts(record, Scope.OPERATOR) if c.email not in known)
    return Registration(
        name=name,
        registrar=next((found for entity in registrars if (found := entity_name(entity))), ""),
        contacts=(*of_registrar, *others),
        name_servers=tuple(
            sorted({_text(server, "ldhName").lower().rstrip(".") for server in _servers(record)})
        ),
    )


def _servers(record: Json) -> Iterator[Json]:
    listed = record.get("nameservers")
    for server in listed if isinstance(listed, list) else ():
        if isinstance(server, Mapping) and _text(server, "ldhName"):
            yield server


def _asn(record: Json) -> int | None:
    """The origin AS that ARIN and NIC.br add; RDAP itself has no word for it."""
    for name in ("arin_originas0_originautnums", "nicbr_autnum"):
        value: Any = record.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**32:
            return value
    return None


def _link(record: Json, rel: str) -> str | None:
    """The address of a record's RDAP link of this relation, other than to itself."""
    links = record.get("links")
    for link in links if isinstance(links, list) else ():
        if not isinstance(link, Mapping) or link.get("rel") != rel:
            continue
        href, kind = link.get("href"), link.get("type", "application/rdap+json")
        if isinstance(href, str) and href.startswith(("http://", "https://")) and "json" in str(kind):
            return href
    return None


def _text(record: Json, name: str) -> str:
    value = record.get(name)
    return plain(value) if isinstance(value, str) else ""
