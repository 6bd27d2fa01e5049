"""From which network address a request came, behind a proxy of our own as well as without one."""

from ipaddress import IPv4Address, IPv6Address, ip_address

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
    is let in must not let in all whom a proxy inside it serves."""
    spoken_for = any(name in request.headers for name in FORWARDED)
    return None if spoken_for else request.META.get("REMOTE_ADDR")
