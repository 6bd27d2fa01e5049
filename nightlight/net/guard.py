"""Which IP addresses may be reached: global ones, what an operator adds, and never this machine itself.

Reported addresses are written by strangers. A name that resolves into our own network would turn the checker
into a way through the firewall, so every resolved address is vetted before anything connects to it.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from nightlight.net.errors import Refused

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

# Reach this very machine, whatever an operator allows. 0.0.0.0 and :: connect to loopback on Linux.
_THIS_MACHINE: tuple[tuple[IPNetwork, str], ...] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("127.0.0.0/8", "loopback"),
        ("::1/128", "loopback"),
        ("0.0.0.0/8", "unspecified"),
        ("::/128", "unspecified"),
    )
)

# IANA special-purpose registries (RFC 6890 and its updates), most telling reason first.
_NOT_GLOBAL: tuple[tuple[IPNetwork, str], ...] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("169.254.169.254/32", "cloud metadata"),
        ("fd00:ec2::254/128", "cloud metadata"),
        ("168.63.129.16/32", "cloud metadata"),  # Azure's, inside global space
        ("100.100.100.200/32", "cloud metadata"),  # Alibaba's
        ("192.0.0.192/32", "cloud metadata"),  # Oracle's
        ("10.0.0.0/8", "private"),
        ("172.16.0.0/12", "private"),
        ("192.168.0.0/16", "private"),
        ("fc00::/7", "private"),
        ("fec0::/10", "private"),  # site-local, RFC 3879
        ("100.64.0.0/10", "carrier NAT"),
        ("169.254.0.0/16", "link-local"),
        ("fe80::/10", "link-local"),
        ("192.0.0.0/24", "protocol assignment"),
        ("2001::/23", "protocol assignment"),  # with Teredo
        ("192.0.2.0/24", "documentation"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),  # RFC 9637
        ("192.88.99.0/24", "6to4 relay"),
        ("198.18.0.0/15", "benchmarking"),
        ("224.0.0.0/4", "multicast"),
        ("ff00::/8", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("5f00::/16", "segment routing"),
        ("100::/64", "discard only"),
    )
)
_GLOBAL_IPV6 = ip_network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def vet(ip: str, allow: tuple[IPNetwork, ...] = (), *, only_allowed: bool = False) -> None:
    """Return if ``ip`` may be reached, raise :class:`Refused` if not.

    ``allow`` adds networks (the documentation networks of a rehearsal); this machine stays refused even then.
    ``only_allowed`` refuses everything outside ``allow``, as a rehearsal home does. An IPv6 address that
    carries an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64, ISATAP) is as good as the worse of the two.
    """
    try:
        outer = ip_address(ip)
    except ValueError as error:
        raise Refused(f"{ip!r} is not an IP address") from error
    if isinstance(outer, IPv6Address) and outer.scope_id is not None:
        raise Refused(f"{ip} names an interface of this machine")
    inner = tuple(_embedded(outer))
    for address in (outer, *inner):
        _refuse_within(address, _THIS_MACHINE, ip)
    if any(outer in network for network in allow):
        return
    if only_allowed:
        raise Refused(f"{ip} is outside the networks this home may reach")
    for address in (outer, *inner):
        _refuse_within(address, _NOT_GLOBAL, ip)
    if isinstance(outer, IPv6Address) and outer not in _GLOBAL_IPV6 and outer not in _NAT64:
        raise Refused(f"{ip} is not on the public internet: reserved")


def is_loopback(ip: str) -> bool:
    """Whether ``ip`` is this machine's own loopback, also when written inside an IPv6 address."""
    outer = ip_address(ip)
    return any(address.is_loopback for address in (outer, *_embedded(outer)))


def _refuse_within(address: IPAddress, table: tuple[tuple[IPNetwork, str], ...], asked: str) -> None:
    for network, reason in table:
        if address in network:
            inside = "" if address == ip_address(asked) else f", by {address} inside it"
            raise Refused(f"{asked} is not on the public internet: {reason}{inside}")


def _embedded(address: IPAddress) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to: RFC 4291, 3056, 4380, 6052, 5214."""
    if isinstance(address, IPv4Address):
        return
    low = int(address) & 0xFFFF_FFFF
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif int(address) >> 32 == 0 and low > 1:
        yield IPv4Address(low)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64:
        yield IPv4Address(low)
    if (int(address) >> 32) & 0xFDFF_FFFF == 0x0000_5EFE:  # ISATAP
        yield IPv4Address(low)
