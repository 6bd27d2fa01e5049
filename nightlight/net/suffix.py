"""Where a host name stops belonging to everyone: the Public Suffix List, as tldextract carries it."""

from functools import cache
from ipaddress import ip_address

from tldextract import TLDExtract


@cache
def _list(private: bool) -> TLDExtract:
    """The list without network or cache folder; ``private`` also counts suffixes such as ``github.io``."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=private)


def is_ip(host: str) -> bool:
    """Whether ``host`` (without brackets) is an IPv4 or IPv6 literal."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def top_level(host: str) -> str:
    """The last label of a host name, ``""`` for an IP address."""
    return "" if is_ip(host) else host.rpartition(".")[2]


def is_known_suffix(host: str) -> bool:
    """Whether ``host`` ends in a suffix that the list names (``.test`` and ``.example`` are on no list)."""
    return bool(_list(private=True)(host).suffix)


def registrable(host: str) -> str:
    """The name that one site owner holds: one label below the public suffix, private suffixes included.

    ``a.user.github.io`` gives ``user.github.io``. An IP address, an ``.onion`` name and a host that is itself
    a public suffix give themselves. A suffix not on the list counts as one label (the list's rule ``*``).
    """
    return _below_suffix(host, private=True)


def registered(host: str) -> str:
    """The name a domain registry knows: like :func:`registrable`, without private suffixes.

    ``a.user.github.io`` gives ``github.io``.
    """
    return _below_suffix(host, private=False)


def _below_suffix(host: str, *, private: bool) -> str:
    if is_ip(host) or top_level(host) == "onion":
        return host
    parts = _list(private)(host)
    if not parts.suffix:
        return ".".join(host.split(".")[-2:])
    return parts.top_domain_under_public_suffix or host
