"""The small internet's inhabitants: fictional networks, sites, registrars and hotlines.

Values only; `atlas.py` reads them from `world.toml` and refuses what could mean a real host.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from urllib.parse import unquote, urlsplit

from nightlight.demo.conduct import Conduct

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DOCUMENTATION_NETWORKS: tuple[Network, ...] = (
    ip_network("192.0.2.0/24"),  # RFC 5737
    ip_network("198.51.100.0/24"),  # RFC 5737
    ip_network("203.0.113.0/24"),  # RFC 5737
    ip_network("2001:db8::/32"),  # RFC 3849
)


class Expected(StrEnum):
    """What an analyst is expected to find at an address; values are the wire outcomes."""

    CONFIRMED = "confirmed"
    NOT_ILLEGAL = "not_illegal"
    NOT_FOUND = "not_found"


class DomainContact(StrEnum):
    """What the registration of a site's name says about whom to write to."""

    REGISTRAR = "registrar"
    REDACTED = "redacted"
    OWN_DOMAIN = "own_domain"


class BodyKind(StrEnum):
    """Bodies a hotline writes to that host nothing themselves."""

    PARTNER_HOTLINE = "partner_hotline"
    POLICE = "police"


@dataclass(frozen=True, slots=True)
class Provider:
    """One fictional network operator; without a mailbox, its parent is the one to write to."""

    key: str
    name: str
    domain: str
    country: str
    asn: int
    networks: tuple[Network, ...]
    conduct: Conduct
    mailbox: str | None = None
    parent: str | None = None

    def handle(self, network: Network) -> str:
        """The registry's name for one of its networks, such as `NET-ELBE-1`."""
        return f"NET-{self.key.upper()}-{self.networks.index(network) + 1}"


@dataclass(frozen=True, slots=True)
class Registrar:
    """One that sells names; it hosts nothing and takes nothing down."""

    key: str
    name: str
    domain: str
    iana_id: int
    mailbox: str


@dataclass(frozen=True, slots=True)
class Body:
    """A partner hotline or a police liaison, which passes a notice on to hosts in its countries."""

    key: str
    kind: BodyKind
    name: str
    mailbox: str
    countries: tuple[str, ...]
    passes_on_after: timedelta


@dataclass(frozen=True, slots=True)
class Page:
    """One address on a site: its path with query, what it shows, and what an analyst should find."""

    path: str
    title: str
    pictures: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    expected: Expected = Expected.CONFIRMED


@dataclass(frozen=True, slots=True)
class Site:
    """One fictional site. `origin` is where it truly lies if `addresses` belong to a delivery network."""

    host: str
    kind: str
    title: str
    addresses: tuple[Address, ...]
    registrar: str
    pages: tuple[Page, ...]
    origin: tuple[Address, ...] = ()
    conduct: Conduct | None = None
    domain_contact: DomainContact = DomainContact.REGISTRAR

    @property
    def own_mailbox(self) -> str | None:
        """The mailbox on the site's own domain, where its registration names one."""
        return f"abuse@{self.host}" if self.domain_contact is DomainContact.OWN_DOMAIN else None

    def url(self, page: Page) -> str:
        """The page's web address, as a reporter would copy it."""
        return f"http://{self.host}{page.path}"


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is; look-ups by name or address answer None for strangers."""

    providers: dict[str, Provider]
    registrars: dict[str, Registrar]
    bodies: dict[str, Body]
    sites: dict[str, Site]
    staff_domains: tuple[str, ...]

    def provider_at(self, address: Address) -> Provider | None:
        """The provider of the most specific network that holds `address`."""
        held = self.network_over(ip_network(address))
        return held[0] if held else None

    def network_over(self, block: Network) -> tuple[Provider, Network] | None:
        """The most specific registered network that holds all of `block`, with its provider."""
        holding = [
            (provider, network)
            for provider in self.providers.values()
            for network in provider.networks
            if holds(network, block)
        ]
        return max(holding, key=lambda held: held[1].prefixlen, default=None)

    def host_of(self, site: Site) -> Provider:
        """The provider whose network a site was first put up in."""
        return self._provider_of(site.addresses[0])

    def conduct_of(self, site: Site) -> Conduct:
        """How notices about this site are met: its own way, or else its host's."""
        return site.conduct or self.host_of(site).conduct

    def onward_addresses(self, site: Site) -> tuple[Address, ...]:
        """Where the site moves to or truly lies; empty for one that simply is where it is."""
        return site.origin or self.conduct_of(site).moves_to

    def onward_host_of(self, site: Site) -> Provider | None:
        """The provider of `onward_addresses`."""
        onward = self.onward_addresses(site)
        return self._provider_of(onward[0]) if onward else None

    def answerable_for(self, provider: Provider) -> Provider:
        """Who reads mail for a provider: itself, or the nearest parent that has a mailbox."""
        while provider.mailbox is None and provider.parent is not None:
            provider = self.providers[provider.parent]
        return provider

    def site(self, host: str) -> Site | None:
        """The site of this name, with or without `www.`; letter case and a final dot don't matter."""
        plain = host.lower().rstrip(".")
        return self.sites.get(plain) or self.sites.get(plain.removeprefix("www."))

    def page(self, url: str) -> tuple[Site, Page] | None:
        """The site and page a web address means; the port and the fragment don't matter."""
        try:
            parts = urlsplit(url.strip())
        except ValueError:  # a broken bracketed host: an address of nobody
            return None
        site = self.site(parts.hostname or "")
        wanted = unquote(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        if site is None:
            return None
        return next(((site, page) for page in site.pages if unquote(page.path) == wanted), None)

    def urls(self, expected: Expected | None = None) -> Iterator[str]:
        """The web addresses of all pages, or of those that an analyst should judge as `expected`."""
        for site in self.sites.values():
            for page in site.pages:
                if expected is None or page.expected is expected:
                    yield site.url(page)

    def mailboxes(self) -> frozenset[str]:
        """Every mailbox that takes mail, in lower case."""
        owned = [provider.mailbox for provider in self.providers.values()]
        owned += [registrar.mailbox for registrar in self.registrars.values()]
        owned += [body.mailbox for body in self.bodies.values()]
        owned += [site.own_mailbox for site in self.sites.values()]
        return frozenset(mailbox.lower() for mailbox in owned if mailbox)

    def mail_domains(self) -> frozenset[str]:
        """Every domain that mail can be sent to; mail for others is not relayed."""
        return frozenset(mailbox.rpartition("@")[2] for mailbox in self.mailboxes()) | set(self.staff_domains)

    def _provider_of(self, address: Address) -> Provider:
        provider = self.provider_at(address)
        if provider is None:
            raise LookupError(f"no network holds {address}")
        return provider


def holds(network: Network, block: Network) -> bool:
    """Whether all of `block` lies in `network`; never across address families."""
    if isinstance(network, IPv4Network):
        return isinstance(block, IPv4Network) and block.subnet_of(network)
    return isinstance(block, IPv6Network) and block.subnet_of(network)
