"""From which network address a request came, behind a proxy of our own as well as without one."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The caller's address, or None where callers can't be told apart (a hidden service, a proxy that names nobody).

    Whoever connects from the public internet is taken at their address, whatever they claim. From another one it is a
    proxy of our own, and the last address it appended counts; what stands before that a stranger may have written.
    """
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", ""))
        if not found.is_global:
            found = ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
    except ValueError:
        return None
    return found


def direct(request: HttpRequest) -> str | None:
    """The address of whoever connects to us, or None where they say that they speak for somebody else: a network that
    is let in must not let in all whom a proxy inside it serves. A proxy that the operator named (trusted_proxies) is
    believed about whom it speaks for."""
    connected: str | None = request.META.get("REMOTE_ADDR")
    if not any(name in request.headers for name in FORWARDED):
        return connected
    chain = [*request.headers.get("X-Forwarded-For", "").split(","), connected or ""]
    return _first_stranger(chain, settings.NIGHTLIGHT.trusted_proxies)


def _first_stranger(chain: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]) -> str | None:
    """The last address of the chain that is no proxy of ours, as one of ours wrote it; what stands before it anybody
    may have written. None where the chain ends without one, or with somebody who is no proxy of ours."""
    for n, written in enumerate(reversed(chain)):
        try:
            address = ip_address(written.strip())
        except ValueError:
            return None
        if not any(address in network for network in proxies):
            return str(address) if n else None
    return None
