"""The networks desk tokens work from and media are shown in, outside a rehearsal: named by a manager, none to begin
with."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.db import transaction

from nightlight.accounts.models import DeskNetwork, Person
from nightlight.audit import log
from nightlight.work import clock

WIDEST = {4: 8, 6: 16}  # prefix lengths; wider would name half the internet, which is no network of a hotline


class NetworkRefused(ValueError):
    """A network that can't be named; the message says why."""


@transaction.atomic
def name(cidr: str, by: Person) -> DeskNetwork:
    """Names a network such as `203.0.113.0/24` or one address. Named again, it stays as it is.

    Raises NetworkRefused for what is no network, has bits set beyond its prefix, or is too wide.
    """
    network = _read(cidr)
    row, new = DeskNetwork.objects.get_or_create(cidr=str(network), defaults={"by": by, "at": clock.now()})
    if new:
        log.record("accounts.name_network", by=by, about=row)
    return row


@transaction.atomic
def drop(network: DeskNetwork, by: Person) -> None:
    """Takes a network back: desk tokens stop working from it at once."""
    log.record("accounts.drop_network", by=by, about=network)
    network.delete()


def admits(address: str | None) -> bool:
    """Whether an address lies in a named network. An IPv4 address inside IPv6 counts as itself."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    named = DeskNetwork.objects.values_list("cidr", flat=True)
    return any(found in ip_network(cidr) for cidr in named)


def _read(cidr: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(cidr.strip())
    except ValueError as error:
        raise NetworkRefused(f"{cidr} is not a network: {error}") from None
    if network.prefixlen < WIDEST[network.version]:
        raise NetworkRefused(f"{network} is too wide: name the networks your people work from")
    return network
