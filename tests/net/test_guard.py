"""Which IP addresses may be reached."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.net.errors import Refused
from nightlight.net.guard import IPNetwork, is_loopback, vet

EVERYTHING: tuple[IPNetwork, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))

THIS_MACHINE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - the address itself
    "0.1.2.3",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "::ffff:0.0.0.0",
    "2002:7f00:1::",
    "64:ff9b::127.0.0.1",
    "2001:0:1:1:0:0:80ff:fffe",
    "2a00::5efe:127.0.0.1",
    "fe80::1%lo",
]
NOT_GLOBAL = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "169.254.1.1",
    "fe80::1",
    "169.254.169.254",
    "fd00:ec2::254",
    "168.63.129.16",
    "100.100.100.200",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "2001:db8::1",
    "3fff::1",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "ff02::1",
    "ff0e::1",
    "240.0.0.1",
    "255.255.255.255",
    "::ffff:8.8.8.8",
    "::ffff:10.0.0.1",
    "::8.8.8.8",
    "2002:a00:1::",
    "2002:a9fe:a9fe::",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2a00::5efe:10.0.0.1",
    "100::1",
    "4000::1",
    "5f00::1",
    "e000::1",
]


@pytest.mark.parametrize("ip", [*THIS_MACHINE, *NOT_GLOBAL])
def test_addresses_off_the_public_internet_are_refused(ip: str) -> None:
    with pytest.raises(Refused):
        vet(ip)


@pytest.mark.parametrize("ip", THIS_MACHINE)
def test_this_machine_is_refused_even_when_everything_is_allowed(ip: str) -> None:
    with pytest.raises(Refused):
        vet(ip, EVERYTHING)


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8"]
)
def test_global_addresses_may_be_reached(ip: str) -> None:
    vet(ip)


@pytest.mark.parametrize(("ip", "network"), [("192.0.2.9", "192.0.2.0/24"), ("2001:db8::9", "2001:db8::/32")])
def test_what_an_operator_allows_may_be_reached(ip: str, network: str) -> None:
    vet(ip, (ip_network(network),))


def test_allowing_one_network_allows_no_other() -> None:
    with pytest.raises(Refused):
        vet("198.51.100.1", (ip_network("192.0.2.0/24"),))


def test_an_allowed_ipv4_network_is_not_reached_by_way_of_ipv6() -> None:
    with pytest.raises(Refused):
        vet("::ffff:10.0.0.1", (ip_network("10.0.0.0/8"),))


def test_a_rehearsal_reaches_only_what_is_allowed() -> None:
    vet("192.0.2.1", (ip_network("192.0.2.0/24"),), only_allowed=True)
    with pytest.raises(Refused, match="outside the networks"):
        vet("8.8.8.8", (ip_network("192.0.2.0/24"),), only_allowed=True)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f.1", "1.2.3.4/32", "[::1]"])
def test_what_is_no_ip_address_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="not an IP address"):
        vet(text)


def test_the_reason_names_what_kind_of_address_it_is() -> None:
    with pytest.raises(Refused, match=r"cloud metadata, by 169\.254\.169\.254 inside it"):
        vet("64:ff9b::a9fe:a9fe")


@given(st.ip_addresses())
def test_nothing_that_python_calls_special_gets_through(ip: IPv4Address | IPv6Address) -> None:
    try:
        vet(str(ip))
    except Refused:
        return

    assert ip.is_global or ip in ip_network("64:ff9b::/96") or ip in ip_network("2002::/16")
    assert not (ip.is_multicast or ip.is_loopback or ip.is_link_local or ip.is_unspecified)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{0}", "::{0}", "64:ff9b::{0}", "2a00::5efe:{0}"]))
def test_an_ipv4_address_gains_nothing_by_hiding_inside_ipv6(ip: IPv4Address, form: str) -> None:
    hidden = str(ip_address(form.format(ip)))
    try:
        vet(hidden)
    except Refused:
        return

    vet(str(ip))


def test_loopback_is_recognised_in_every_form() -> None:
    assert is_loopback("127.0.0.53")
    assert is_loopback("::1")
    assert is_loopback("::ffff:127.0.0.1")
    assert not is_loopback("192.0.2.1")
