"""The resolver against a DNS server on loopback."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from nightlight.net.resolve import CannotTell, NoSuchName, Resolver, split_server

Zone = dict[tuple[str, str], list[str]]

ZONE: Zone = {
    ("both.test.", "A"): ["192.0.2.1", "192.0.2.2"],
    ("both.test.", "AAAA"): ["2001:db8::1"],
    ("four.test.", "A"): ["192.0.2.4"],
    ("half.test.", "A"): ["192.0.2.5"],
    ("empty.test.", "TXT"): ["nothing"],
    ("alias.test.", "CNAME"): ["four.test."],
    ("loop.test.", "CNAME"): ["loop2.test."],
    ("loop2.test.", "CNAME"): ["loop.test."],
    ("both.test.", "NS"): ["NS2.host.test.", "ns1.host.test."],
}


def from_zone(query: dns.message.Message) -> dns.message.Message | None:
    """Answer as an authoritative server that never follows an alias itself."""
    question = query.question[0]
    name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
    response = dns.message.make_response(query)
    if name == "silent.test.":
        return None
    if name == "broken.test." or (name == "half.test." and kind == "AAAA"):
        response.set_rcode(dns.rcode.SERVFAIL)
    elif not any(known == name for known, _ in ZONE):
        response.set_rcode(dns.rcode.NXDOMAIN)
    for answered in (kind, "CNAME"):
        if records := ZONE.get((name, answered)):
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", answered, records))
            break
    return response


@contextmanager
def dns_server(answer: Callable[[dns.message.Message], dns.message.Message | None]) -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def serve() -> None:
            while wire := listening.recvfrom(4096):
                if wire[0] == b"stop":
                    return
                response = answer(dns.message.from_wire(wire[0]))
                if response is not None:
                    response.flags |= dns.flags.RA
                    listening.sendto(response.to_wire(), wire[1])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host, port = listening.getsockname()
        yield f"{host}:{port}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopping:
            stopping.sendto(b"stop", (host, port))
        thread.join(60)


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    with ExitStack() as stack:
        yield Resolver(stack.enter_context(dns_server(from_zone)), seconds=60)


@pytest.fixture
def impatient(resolver: Resolver) -> Resolver:
    """For questions that are never answered."""
    return Resolver(resolver.server, seconds=0.5)


def test_ipv4_comes_before_ipv6(resolver: Resolver) -> None:
    *ipv4, ipv6 = resolver.addresses("both.test")

    assert sorted(ipv4) == ["192.0.2.1", "192.0.2.2"]
    assert ipv6 == "2001:db8::1"


def test_an_ip_address_gives_itself(resolver: Resolver) -> None:
    assert resolver.addresses("192.0.2.77") == ["192.0.2.77"]
    assert resolver.addresses("2001:db8::77") == ["2001:db8::77"]


def test_an_alias_is_followed(resolver: Resolver) -> None:
    assert resolver.addresses("alias.test") == ["192.0.2.4"]


def test_an_endless_alias_cannot_be_told(resolver: Resolver) -> None:
    with pytest.raises(CannotTell, match="alias"):
        resolver.addresses("loop.test")


@pytest.mark.parametrize("host", ["missing.test", "empty.test", "x" * 64 + ".test"])
def test_a_name_without_address_does_not_exist(resolver: Resolver, host: str) -> None:
    with pytest.raises(NoSuchName):
        resolver.addresses(host)


@pytest.mark.parametrize("host", ["silent.test", "broken.test", "abc.onion"])
def test_silence_and_failure_are_not_absence(impatient: Resolver, host: str) -> None:
    with pytest.raises(CannotTell):
        impatient.addresses(host)


def test_one_family_that_cannot_be_told_does_not_hide_the_other(resolver: Resolver) -> None:
    assert resolver.addresses("half.test") == ["192.0.2.5"]


def test_name_servers_are_sorted_and_in_lower_case(resolver: Resolver) -> None:
    assert resolver.name_servers("both.test") == ["ns1.host.test", "ns2.host.test"]
    assert resolver.name_servers("four.test") == []


def test_name_servers_of_a_missing_domain_do_not_exist(resolver: Resolver) -> None:
    with pytest.raises(NoSuchName):
        resolver.name_servers("missing.test")


@pytest.mark.parametrize(
    ("written", "taken_apart"),
    [
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("127.0.0.1", ("127.0.0.1", 53)),
        ("[::1]:5353", ("::1", 5353)),
        ("::1", ("::1", 53)),
        ("localhost:5353", ("localhost", 5353)),
    ],
)
def test_a_server_is_named_as_host_and_port(written: str, taken_apart: tuple[str, int]) -> None:
    assert split_server(written) == taken_apart


def test_a_server_without_a_real_port_is_a_mistake_of_the_operator() -> None:
    with pytest.raises(ValueError, match="host:port"):
        split_server("127.0.0.1:dns")
