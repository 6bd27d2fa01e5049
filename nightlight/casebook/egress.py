"""The one way out: the guarded fetcher and the resolver, built as this home's settings say."""

from functools import lru_cache
from ipaddress import IPv4Network, ip_network

from django.conf import settings

from nightlight.net.fetch import Fetcher
from nightlight.net.guard import IPNetwork
from nightlight.net.resolve import Resolver
from nightlight.work.home import is_rehearsal

# RFC 5737 and RFC 3849: no router carries them, so a rehearsal can do no harm there.
DOCUMENTATION: tuple[IPNetwork, ...] = tuple(
    ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


def fetcher() -> Fetcher:
    """The fetcher for reported addresses. A real home reaches the global internet and the networks its operator
    added; a rehearsal only those of its networks that are documentation networks."""
    config = settings.NIGHTLIGHT
    return _fetcher(config.proxy, config.dns, allowed_networks(), is_rehearsal())


def resolver() -> Resolver:
    """The resolver this home asks."""
    return Resolver(settings.NIGHTLIGHT.dns)


def allowed_networks() -> tuple[IPNetwork, ...]:
    """What NIGHTLIGHT_EGRESS_ALLOW adds here; in a rehearsal, nothing beyond the documentation networks."""
    named: tuple[IPNetwork, ...] = settings.NIGHTLIGHT.egress_allow
    if not is_rehearsal():
        return named
    return tuple(network for network in named if any(_within(network, outer) for outer in DOCUMENTATION))


def _within(inner: IPNetwork, outer: IPNetwork) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return not isinstance(outer, IPv4Network) and inner.subnet_of(outer)


@lru_cache(maxsize=4)  # reading the certificates takes longer than most looks
def _fetcher(proxy: str | None, dns: str | None, allow: tuple[IPNetwork, ...], only_allowed: bool) -> Fetcher:
    return Fetcher(proxy, Resolver(dns), allow, only_allowed=only_allowed)
