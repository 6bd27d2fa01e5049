"""Which RDAP server knows what: the bootstrap registries of RFC 9224."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Self

from nightlight.net.errors import FetchError, Refused
from nightlight.net.fetch import Fetcher, origin
from nightlight.net.guard import IPNetwork

IANA = "https://data.iana.org/rdap/{}.json"
KINDS = ("ipv4", "ipv6", "asn", "dns")


class BootstrapError(Exception):
    """The bootstrap could not be read; the text says which part and why."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Base addresses of RDAP services, each ending in a slash, ``https`` first."""

    networks: Mapping[IPNetwork, tuple[str, ...]]
    domains: Mapping[str, tuple[str, ...]]
    autonomous_systems: tuple[tuple[int, int, tuple[str, ...]], ...]

    @classmethod
    def load(cls, source: str | Path | None, fetcher: Fetcher) -> Self:
        """Read one JSON file or address with all four registries, or IANA's four files if ``None``.

        Raises :class:`BootstrapError`.
        """
        if source is None:
            return cls.of({kind: _fetched(IANA.format(kind), fetcher) for kind in KINDS})
        if isinstance(source, str) and source.startswith(("http://", "https://")):
            return cls.of(_fetched(source, fetcher))
        try:
            return cls.of(json.loads(Path(source).read_text("utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise BootstrapError(f"{source}: {error}") from error

    @classmethod
    def of(cls, registries: object) -> Self:
        """From ``{"ipv4": {"services": [[["192.0.2.0/24"], ["http://…/"]]]}, "ipv6": …, "asn": …, "dns": …}``.

        Any of the four may be missing. Raises :class:`BootstrapError`.
        """
        if not isinstance(registries, Mapping):
            raise BootstrapError("the bootstrap is not a JSON object")
        try:
            return cls(
                networks={
                    ip_network(entry): urls
                    for kind in ("ipv4", "ipv6")
                    for entry, urls in _services(registries, kind)
                },
                domains={entry.lower().strip("."): urls for entry, urls in _services(registries, "dns")},
                autonomous_systems=tuple(
                    (*_range(entry), urls) for entry, urls in _services(registries, "asn")
                ),
            )
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, Refused) as error:
            raise BootstrapError(f"the bootstrap is not in the form of RFC 9224: {error}") from error

    @property
    def origins(self) -> frozenset[str]:
        """``scheme://host:port`` of every service: the servers this bootstrap makes trusted."""
        listed = [*self.networks.values(), *self.domains.values(), *(s[2] for s in self.autonomous_systems)]
        return frozenset(origin(url) for urls in listed for url in urls)

    def for_ip(self, ip: str) -> tuple[str, ...]:
        """The services for an IP address: those of the longest prefix that holds it; none if nobody is named."""
        address = ip_address(ip)
        holding = [network for network in self.networks if address in network]
        return self.networks[max(holding, key=lambda network: network.prefixlen)] if holding else ()

    def for_domain(self, name: str) -> tuple[str, ...]:
        """The services for a domain: those of its longest listed suffix."""
        labels = name.lower().rstrip(".").split(".")
        suffixes = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.domains[suffix] for suffix in suffixes if suffix in self.domains), ())

    def for_asn(self, number: int) -> tuple[str, ...]:
        """The services for an autonomous system."""
        return next((urls for first, last, urls in self.autonomous_systems if first <= number <= last), ())


def _services(registries: Mapping[str, Any], kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    registry = registries.get(kind) or {}
    for service in registry.get("services", []):
        entries, urls = service[-2], service[-1]
        bases = tuple(sorted((f"{url.rstrip('/')}/" for url in urls), key=lambda url: url[:6] != "https:"))
        for base in bases:
            origin(base)
        yield from ((entry, bases) for entry in entries)


def _range(entry: str) -> tuple[int, int]:
    first, _, last = entry.partition("-")
    return int(first), int(last or first)


def _fetched(url: str, fetcher: Fetcher) -> object:
    try:
        fetched = fetcher.fetch_trusted(url)
    except FetchError as error:
        raise BootstrapError(f"{url}: {error}") from error
    if fetched.status != 200:
        raise BootstrapError(f"{url}: status {fetched.status}")
    try:
        return json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise BootstrapError(f"{url}: not JSON") from error
