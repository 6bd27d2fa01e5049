"""The DNS of the small internet (RFC 1035): UDP and TCP on one port, answers as of the injected clock."""

import logging
import socketserver
import struct
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from nightlight.demo.course import Course
from nightlight.demo.loopback import LOOPBACK, in_thread
from nightlight.demo.world import Site, World

TTL = 60  # seconds; the clock may jump, so nothing may be kept for long
log = logging.getLogger(__name__)

_ROOT_SOA = "ns1.small-internet.example. hostmaster.small-internet.example. 1 3600 600 86400 60"
_NAME_SERVERS = ("192.0.2.30", "198.51.100.62")
_MAIL_HOST = "mx.small-internet.example"
_MAIL_ADDRESS = "203.0.113.62"


@dataclass(frozen=True, slots=True)
class Records:
    """A name's records by type, and the zone it lies in."""

    zone: str
    by_type: dict[str, tuple[str, ...]]


class Zones:
    """Every name there is, and what it means now."""

    def __init__(self, world: World, course: Course) -> None:
        self._world = world
        self._course = course

    def look_up(self, name: str) -> Records | None:
        """The records of a name without its final dot, or None where no such name exists."""
        name = name.lower()
        site = self._world.site(name)
        if site is not None:
            return self._of_site(site, apex=name == site.host)
        return self._of_office(name)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        """The authoritative answer to a query: records, an empty answer or NXDOMAIN, with the zone's SOA."""
        response = dns.message.make_response(query, recursion_available=True)
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            response.set_rcode(dns.rcode.NOTIMP)
            return response
        question = query.question[0]
        response.flags |= dns.flags.AA
        records = self.look_up(question.name.to_text(omit_final_dot=True))
        kind = dns.rdatatype.to_text(question.rdtype)
        values = records.by_type.get(kind, ()) if records else ()
        if values:
            response.answer.append(dns.rrset.from_text_list(question.name, TTL, "IN", kind, values))
            return response
        if records is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        zone = dns.name.from_text(records.zone) if records else dns.name.root
        response.authority.append(dns.rrset.from_text(zone, TTL, "IN", "SOA", _ROOT_SOA))
        return response

    def _of_site(self, site: Site, *, apex: bool) -> Records:
        addresses = self._course.addresses(site)
        by_type = {
            "A": tuple(str(address) for address in addresses if address.version == 4),
            "AAAA": tuple(str(address) for address in addresses if address.version == 6),
        }
        if apex:
            by_type |= self._apex(self._world.registrars[site.registrar].domain)
        return Records(site.host, by_type)

    def _of_office(self, name: str) -> Records | None:
        """The names of providers, registrars, bodies and their servers: mail is all they do here."""
        domains = self._world.mail_domains()
        registrars = {registrar.domain for registrar in self._world.registrars.values()}
        owners = {provider.domain for provider in self._world.providers.values()}
        if name == _MAIL_HOST:
            return Records("small-internet.example", {"A": (_MAIL_ADDRESS,)})
        for at, address in enumerate(_NAME_SERVERS, start=1):
            prefix = f"ns{at}."
            if name.startswith(prefix) and name.removeprefix(prefix) in registrars:
                return Records(name.removeprefix(prefix), {"A": (address,)})
        if name in domains | registrars | owners:
            return Records(name, self._apex(name if name in registrars else min(registrars)))
        return None

    @staticmethod
    def _apex(name_servers_of: str) -> dict[str, tuple[str, ...]]:
        return {
            "NS": tuple(f"ns{at}.{name_servers_of}." for at in range(1, len(_NAME_SERVERS) + 1)),
            "SOA": (f"ns1.{name_servers_of}. hostmaster.{name_servers_of}. 1 3600 600 86400 60",),
            "MX": (f"10 {_MAIL_HOST}.",),
        }


class NameServer:
    """Serves the zones over UDP and TCP until `stop`."""

    def __init__(self, zones: Zones) -> None:
        def reply(packet: bytes, room: int | None) -> bytes:
            return _replied(zones, packet, room)

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                packet, sender = self.request
                if answered := reply(packet, None):
                    sender.sendto(answered, self.client_address)

        class Stream(socketserver.StreamRequestHandler):
            timeout = 10  # seconds of real time

            def handle(self) -> None:
                while len(prefix := self.rfile.read(2)) == 2:
                    answered = reply(self.rfile.read(struct.unpack("!H", prefix)[0]), 65535)
                    self.wfile.write(struct.pack("!H", len(answered)) + answered)

        self._udp, self._tcp = _on_one_port(Datagram, Stream)

    @property
    def port(self) -> int:
        """The port, the same for UDP and TCP."""
        return self._tcp.server_address[1]

    def start(self) -> None:
        """Serve in threads of this process."""
        in_thread(self._udp, "dns-udp")
        in_thread(self._tcp, "dns-tcp")

    def stop(self) -> None:
        """Stop serving and give the port back."""
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()


class _UDP(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False
    max_packet_size = 4096


class _TCP(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


def _on_one_port(
    datagram: type[socketserver.BaseRequestHandler], stream: type[socketserver.BaseRequestHandler]
) -> tuple[_UDP, _TCP]:
    """Bind both on the same free port; another program may hold one half of it, then try the next."""
    refused: OSError | None = None
    for _ in range(50):
        tcp = _TCP((LOOPBACK, 0), stream)
        try:
            return _UDP((LOOPBACK, tcp.server_address[1]), datagram), tcp
        except OSError as taken:
            tcp.server_close()
            refused = taken
    raise OSError("no port is free for both UDP and TCP") from refused


def _replied(zones: Zones, packet: bytes, room: int | None) -> bytes:
    """The answer's bytes within `room`, by default what the query allows; empty if it can't be answered."""
    if len(packet) < 12:  # not even a header (RFC 1035 4.1.1)
        return b""
    try:
        query = dns.message.from_wire(packet)
    except (dns.exception.DNSException, ValueError) as wrong:
        log.info("a query that can't be read: %s", type(wrong).__name__)
        return _malformed(packet)
    if query.flags & dns.flags.QR:  # an answer, not a question: never talk to ourselves
        return b""
    response = zones.answer(query)
    return response.to_wire(max_size=room or max(512, query.payload), prefer_truncation=True)


def _malformed(packet: bytes) -> bytes:
    header = struct.pack("!HHHHH", dns.flags.QR | dns.rcode.FORMERR, 0, 0, 0, 0)
    return packet[:2] + header
