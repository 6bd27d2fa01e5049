"""The DNS from outside, by dnspython's own client."""

import socket

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.demo.internet import SmallInternet
from tests.demo.outside import Visitor
from tests.examples import SHARED_FIXTURES


@pytest.mark.parametrize("tcp", [False, True])
def test_a_site_has_its_addresses_over_udp_and_tcp(visitor: Visitor, tcp: bool) -> None:
    assert visitor.addresses("pixelbarn.test", tcp=tcp) == ["192.0.2.5"]
    assert visitor.addresses("pixelbarn.test", "AAAA", tcp=tcp) == ["2001:db8:e1b::5"]


def test_letter_case_and_www_do_not_matter(visitor: Visitor) -> None:
    assert visitor.addresses("WWW.PixelBarn.TEST") == ["192.0.2.5"]


def test_a_site_has_name_servers_with_addresses_and_an_soa(visitor: Visitor) -> None:
    servers = sorted(visitor.addresses("pixelbarn.test", "NS"))

    assert servers == ["ns1.namegate.example.", "ns2.namegate.example."]
    assert all(visitor.addresses(server) for server in servers)
    assert visitor.addresses("pixelbarn.test", "SOA")[0].startswith("ns1.namegate.example. ")


def test_every_domain_that_takes_mail_has_a_mail_server_with_an_address(
    internet: SmallInternet, visitor: Visitor
) -> None:
    for domain in sorted(internet.world.mail_domains()):
        _, server = visitor.addresses(domain, "MX")[0].split()
        assert visitor.addresses(server)


def test_a_name_without_such_records_has_an_empty_answer(visitor: Visitor) -> None:
    with pytest.raises(dns.resolver.NoAnswer):
        visitor.addresses("sixfold.test", "A")
    with pytest.raises(dns.resolver.NoAnswer):
        visitor.addresses("pixelbarn.test", "TXT")


@pytest.mark.parametrize("name", ["nobody.test", "deep.pixelbarn.test", "iana.org", "localhost", "."])
def test_a_name_of_nobody_does_not_exist(internet: SmallInternet, name: str) -> None:
    query = dns.message.make_query(name, "A")

    answer = dns.query.udp(query, "127.0.0.1", port=internet.names.port, timeout=60)

    assert answer.rcode() is dns.rcode.NXDOMAIN
    assert answer.authority


def test_only_plain_queries_are_answered(internet: SmallInternet) -> None:
    notify = dns.message.make_query("pixelbarn.test", "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)

    answer = dns.query.udp(notify, "127.0.0.1", port=internet.names.port, timeout=60)

    assert answer.rcode() is dns.rcode.NOTIMP


def test_a_broken_query_is_called_malformed(internet: SmallInternet) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(60)
        client.sendto(
            b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xff", ("127.0.0.1", internet.names.port)
        )
        answer = client.recv(512)

    assert answer[:2] == b"\x12\x34"
    assert answer[3] & 0x0F == dns.rcode.FORMERR


@settings(max_examples=60, suppress_health_check=SHARED_FIXTURES)
@given(packet=st.binary(max_size=600))
def test_no_packet_stops_the_server(internet: SmallInternet, packet: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(packet, ("127.0.0.1", internet.names.port))
    query = dns.message.make_query("pixelbarn.test", "A")

    answer = dns.query.udp(query, "127.0.0.1", port=internet.names.port, timeout=60)

    assert answer.rcode() is dns.rcode.NOERROR
