"""Asking the DNS, with "there is no such name" and "I cannot tell" as different answers."""

import socket
import time
from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from nightlight.net.suffix import is_ip, top_level

SECONDS = 5.0
"""For one question with all its retries and aliases."""

MOST_ALIASES = 8


class ResolveError(Exception):
    """The DNS gave no address; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchName(ResolveError):
    """The DNS says for certain that the name, or an address for it, does not exist."""


class CannotTell(ResolveError):
    """No answer, or none that can be relied on: a time-out, SERVFAIL, an endless alias."""


class Resolves(Protocol):
    """What the fetcher and the hosting trace need of a resolver."""

    def addresses(self, host: str) -> list[str]:
        """Every IPv4, then every IPv6 address of ``host``."""
        ...

    def name_servers(self, domain: str) -> list[str]:
        """The host names of the servers that answer for ``domain``."""
        ...


class Resolver:
    """Asks ``server`` (``host:port``, port 53 if left out), or the system's resolver if ``None``."""

    def __init__(self, server: str | None = None, *, seconds: float = SECONDS) -> None:
        self.server = server
        self._seconds = seconds

    def addresses(self, host: str) -> list[str]:
        """Every IPv4, then every IPv6 address of ``host``; an IP address gives itself.

        One family that cannot be told does not hide the other. Raises :class:`NoSuchName` and
        :class:`CannotTell`. Onion names never reach the DNS (RFC 7686).
        """
        if is_ip(host):
            return [host]
        if top_level(host) == "onion":
            raise CannotTell("onion names are not in the DNS")
        deadline = time.monotonic() + self._seconds
        found: list[str] = []
        unsure: CannotTell | None = None
        for family in (dns.rdatatype.A, dns.rdatatype.AAAA):
            try:
                found.extend(self._ask(host, family, deadline))
            except CannotTell as error:
                unsure = error
        if found:
            return found
        raise unsure or NoSuchName(f"{host} has no address")

    def name_servers(self, domain: str) -> list[str]:
        """The name servers of ``domain``, lower case and sorted; empty if the name exists without any.

        Raises :class:`NoSuchName` and :class:`CannotTell`.
        """
        answers = self._ask(domain, dns.rdatatype.NS, time.monotonic() + self._seconds)
        return sorted({name.rstrip(".").lower() for name in answers})

    def _ask(self, host: str, kind: dns.rdatatype.RdataType, deadline: float) -> Iterator[str]:
        name = self._absolute(host)
        for _ in range(MOST_ALIASES):
            answer = self._once(name, kind, deadline)
            if answer.rrset is not None:
                return iter([record.to_text() for record in answer.rrset])
            if answer.canonical_name == name:
                return iter(())
            name = answer.canonical_name
        raise CannotTell(f"{host} is an alias of an alias, more than {MOST_ALIASES} deep")

    def _once(
        self, name: dns.name.Name, kind: dns.rdatatype.RdataType, deadline: float
    ) -> dns.resolver.Answer:
        left = max(deadline - time.monotonic(), 0.01)
        try:
            return self._dns.resolve(name, kind, raise_on_no_answer=False, search=False, lifetime=left)
        except dns.resolver.NXDOMAIN as error:
            raise NoSuchName(f"{name.to_text(omit_final_dot=True)} does not exist") from error
        except dns.resolver.LifetimeTimeout as error:
            raise CannotTell("the resolver did not answer in time") from error
        except (dns.exception.DNSException, OSError) as error:
            raise CannotTell(f"the resolver gave no usable answer ({type(error).__name__})") from error

    @staticmethod
    def _absolute(host: str) -> dns.name.Name:
        try:
            return dns.name.from_text(host)
        except dns.exception.DNSException as error:
            raise NoSuchName(f"{host} cannot be a name in the DNS") from error

    @cached_property
    def _dns(self) -> dns.resolver.Resolver:
        """Made at the first question, so that a machine without a resolver fails there and by name."""
        if self.server is None:
            asked = dns.resolver.Resolver(configure=True)
        else:
            asked = dns.resolver.Resolver(configure=False)
            host, port = split_server(self.server)
            ip = str(socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][4][0])
            asked.nameservers = [dns.nameserver.Do53Nameserver(ip, port)]
        asked.timeout = self._seconds / 2
        return asked


def split_server(server: str, port: int = 53) -> tuple[str, int]:
    """Take apart ``host:port``, ``host``, ``[2001:db8::1]:53`` or a bare IPv6 address; or ``ValueError``."""
    if is_ip(server.strip("[]")):
        return server.strip("[]"), port
    host, colon, written = server.rpartition(":")
    if not colon:
        return server, port
    if not written.isdecimal() or not 0 < int(written) < 65536:
        raise ValueError(f"{server!r} is not host:port")
    return host.strip("[]"), int(written)
