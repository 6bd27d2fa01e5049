"""Tracing a host: where it is, in which country, who runs it, and whom to write to, best contact first."""

from dataclasses import dataclass, replace

from nightlight.hosting.contact import Contact, Scope, mail_domain
from nightlight.hosting.rdap import Network, NoRecord, Rdap, RdapError, Registration
from nightlight.net.resolve import NoSuchName, ResolveError, Resolves
from nightlight.net.suffix import is_ip, registered, registrable, top_level

MOST_ADDRESSES = 6
"""IP addresses of one host that are looked up; a large host has many, in few networks."""

ONION = "onion"

_BEST_FIRST = (Scope.NETWORK, Scope.UPSTREAM, Scope.REGISTRAR, Scope.OPERATOR)


@dataclass(frozen=True, slots=True)
class HostingTrace:
    """Who hosts a name now.

    ``country`` is an ISO 3166-1 alpha-2 code, ``onion``, or ``None`` if unknown. ``provider`` is the holder of the
    first network. ``contacts`` have each e-mail address once: network, upstream, registrar, operator, those on
    the site's own domain last. ``exists`` is ``False`` only when the DNS says for certain that there is no such
    name. ``problems`` lists every question that could not be answered.
    """

    host: str
    addresses: tuple[str, ...]
    name_servers: tuple[str, ...]
    networks: tuple[Network, ...]
    country: str | None
    provider: str
    contacts: tuple[Contact, ...]
    registrar: str
    exists: bool
    problems: tuple[str, ...]


def trace(host: str, resolver: Resolves, rdap: Rdap) -> HostingTrace:
    """Trace a host name, IP address or onion name. Never raises for what others fail to answer.

    Each question that fails is a line in ``problems``: "cannot tell …" for silence, "no …" for a certain absence.
    """
    problems: list[str] = []
    is_onion = top_level(host) == ONION
    exists, addresses = (True, ()) if is_onion else _addresses(host, resolver, problems)
    networks = _networks(addresses, rdap, problems)
    named = not is_onion and not is_ip(host)
    registration = _registration(host, rdap, problems) if named else None
    contacts = [contact for network in networks for contact in network.contacts]
    contacts += registration.contacts if registration else ()
    return HostingTrace(
        host=host,
        addresses=addresses,
        name_servers=_name_servers(host, resolver, registration, problems) if named else (),
        networks=networks,
        country=ONION if is_onion else next((n.country for n in networks if n.country), None),
        provider=next((n.holder or n.name for n in networks if n.holder or n.name), ""),
        contacts=ordered(contacts, registrable(host)),
        registrar=registration.registrar if registration else "",
        exists=exists,
        problems=tuple(problems),
    )


def ordered(contacts: list[Contact], site: str) -> tuple[Contact, ...]:
    """Best contact first, each e-mail address once; those on the domain ``site`` marked, and last."""
    marked = [replace(contact, own_domain=mail_domain(contact.email) == site) for contact in contacts]
    marked.sort(key=lambda contact: (contact.own_domain, _BEST_FIRST.index(contact.scope)))
    once: dict[str, Contact] = {}
    for contact in marked:
        once.setdefault(contact.email.lower(), contact)
    return tuple(once.values())


def _addresses(host: str, resolver: Resolves, problems: list[str]) -> tuple[bool, tuple[str, ...]]:
    try:
        return True, tuple(dict.fromkeys(resolver.addresses(host)))
    except NoSuchName as error:
        problems.append(f"no address: {error.reason}")
        return False, ()
    except ResolveError as error:
        problems.append(f"cannot tell the addresses: {error.reason}")
        return True, ()


def _networks(addresses: tuple[str, ...], rdap: Rdap, problems: list[str]) -> tuple[Network, ...]:
    found: dict[tuple[str, str, str], Network] = {}
    for address in addresses[:MOST_ADDRESSES]:
        try:
            network = rdap.ip(address)
        except RdapError as error:
            problems.append(_problem(error, f"the network of {address}"))
        else:
            problems.extend(network.problems)
            found.setdefault((network.handle, network.start, network.end), network)
    return tuple(found.values())


def _registration(host: str, rdap: Rdap, problems: list[str]) -> Registration | None:
    name = registered(host)
    try:
        registration = rdap.domain(name)
    except RdapError as error:
        problems.append(_problem(error, f"the registration of {name}"))
        return None
    problems.extend(registration.problems)
    return registration


def _name_servers(
    host: str, resolver: Resolves, registration: Registration | None, problems: list[str]
) -> tuple[str, ...]:
    """As the DNS gives them, or as registered where it does not answer."""
    try:
        return tuple(resolver.name_servers(registered(host)))
    except NoSuchName as error:
        problems.append(f"no name servers: {error.reason}")
    except ResolveError as error:
        problems.append(f"cannot tell the name servers: {error.reason}")
    return registration.name_servers if registration else ()


def _problem(error: RdapError, what: str) -> str:
    return (
        f"no record of {what}: {error.reason}"
        if isinstance(error, NoRecord)
        else f"cannot tell {what}: {error.reason}"
    )
