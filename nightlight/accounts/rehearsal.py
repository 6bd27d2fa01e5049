"""What a rehearsal must keep to, and what only a rehearsal may do. Checked whenever a home is opened."""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Protocol

from nightlight.work.home import is_rehearsal

Network = IPv4Network | IPv6Network

# RFC 5737 and RFC 3849: no router carries them, so nothing that a rehearsal sends can reach anybody.
DOCUMENTATION: tuple[Network, ...] = tuple(
    ip_network(cidr) for cidr in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


class RehearsalRefused(ValueError):
    """A setting that does not fit the kind of this home; the message names the setting and what would be right."""


class ReachesTooFar(RehearsalRefused):
    """A rehearsal that could reach addresses other than documentation ones."""


class MailsOutside(RehearsalRefused):
    """A rehearsal whose mail would leave this machine."""


class ClockInRealHome(RehearsalRefused):
    """A real home whose clock would not be the real one."""


class Mail(Protocol):
    """The mail server, as far as it matters here."""

    @property
    def host(self) -> str:
        """Its name or address."""
        ...


class Settings(Protocol):
    """The settings that are checked (`server.config.Config`)."""

    @property
    def egress_allow(self) -> tuple[Network, ...]:
        """NIGHTLIGHT_EGRESS_ALLOW."""
        ...

    @property
    def mail(self) -> Mail | None:
        """NIGHTLIGHT_EMAIL_URL."""
        ...

    @property
    def clock(self) -> str | None:
        """NIGHTLIGHT_CLOCK."""
        ...


def check(config: Settings) -> None:
    """Refuses settings that do not fit the kind of this home.

    A rehearsal reaches only the documentation networks and mails only loopback (raises ReachesTooFar, MailsOutside);
    a real home has the real clock (raises ClockInRealHome). NIGHTLIGHT_LIMITS off is allowed in both: in a real home
    it says that something in front limits rates, which only its operator can know; `notes` repeats it.
    """
    for rule in _REHEARSAL if is_rehearsal() else _REAL:
        rule(config)


def notes(limits: bool) -> list[str]:
    """What an operator of a real home should hear again, because it can't be checked from here."""
    if limits or is_rehearsal():
        return []
    return ["NIGHTLIGHT_LIMITS is off: make sure that something in front of this server limits rates"]


def _reaches_documentation_only(config: Settings) -> None:
    for network in config.egress_allow:
        if not any(_within(network, known) for known in DOCUMENTATION):
            raise ReachesTooFar(
                f"NIGHTLIGHT_EGRESS_ALLOW: a rehearsal reaches documentation networks only, not {network}; "
                f"use {', '.join(str(known) for known in DOCUMENTATION)}"
            )


def _mails_loopback_only(config: Settings) -> None:
    if config.mail and not _is_loopback(config.mail.host):
        raise MailsOutside(
            "NIGHTLIGHT_EMAIL_URL: a rehearsal mails only a server on this machine; use smtp://127.0.0.1:PORT"
        )


def _has_the_real_clock(config: Settings) -> None:
    if config.clock:
        raise ClockInRealHome("NIGHTLIGHT_CLOCK: only a rehearsal may set its clock; remove it")


_REHEARSAL: tuple[Callable[[Settings], None], ...] = (_reaches_documentation_only, _mails_loopback_only)
_REAL: tuple[Callable[[Settings], None], ...] = (_has_the_real_clock,)


def _within(network: Network, known: Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(known, IPv4Network):
        return network.subnet_of(known)
    if isinstance(network, IPv6Network) and isinstance(known, IPv6Network):
        return network.subnet_of(known)
    return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
