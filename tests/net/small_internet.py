"""A very small internet on loopback: sites on documentation addresses, reached only through its own proxy."""

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from nightlight.net.fetch import Caps, Fetcher
from nightlight.net.guard import IPNetwork
from nightlight.net.resolve import NoSuchName

DOCUMENTATION: tuple[IPNetwork, ...] = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


@dataclass
class Reply:
    """What a site answers; ``chunks`` are sent one by one after ``body``."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: Callable[[], Iterator[bytes]] | None = None


@dataclass
class Site:
    """One server, and what it was asked: (method, target, Host header)."""

    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0


class FakeResolver:
    """Names to addresses; ``turns`` answer differently each time, as a rebinding server does."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.turns: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def addresses(self, host: str) -> list[str]:
        self.asked.append(host)
        if self.turns.get(host):
            return self.turns[host].pop(0)
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if host not in self.names:
                raise NoSuchName(f"{host} does not exist") from None
            return self.names[host]
        return [host]

    def name_servers(self, domain: str) -> list[str]:
        return [f"ns1.{domain}"]


def _site_handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append((self.command, self.path, self.headers.get("Host", "")))
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = site.replies.get(self.path, Reply(404, b"nothing here"))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.chunks is None:
                self.send_header("Content-Length", str(len(reply.body)))
            else:
                self.close_connection = True
            self.end_headers()
            if self.command == "HEAD":
                return
            try:
                self.wfile.write(reply.body)
                for chunk in reply.chunks() if reply.chunks else ():
                    self.wfile.write(chunk)
                    self.wfile.flush()
            except OSError:
                self.close_connection = True  # the other side had enough

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *args: object, **named: object) -> None:
            return

    return Handler


def _proxy_handler(internet: "SmallInternet") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            internet.proxied.append(("CONNECT", self.path, self.headers.get("Host", "")))
            port = internet.ports.get(self.path)
            if port is None:
                self.send_error(502)
                return
            self.send_response(200)
            self.end_headers()
            with create_connection(("127.0.0.1", port)) as upstream:
                _pump_both_ways(self.connection, upstream)

        def do_GET(self) -> None:
            internet.proxied.append((self.command, self.path, self.headers.get("Host", "")))
            parts = urlsplit(self.path)
            host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
            port = internet.ports.get(f"{host}:{parts.port or 80}")
            if port is None:
                self.send_error(502)
                return
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            head = f"{self.command} {target} HTTP/1.1\r\n" + "".join(
                f"{name}: {value}\r\n" for name, value in self.headers.items()
            )
            with create_connection(("127.0.0.1", port)) as upstream:
                upstream.sendall(head.encode() + b"\r\n")
                _pump(upstream, self.connection)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *args: object, **named: object) -> None:
            return

    return Handler


def _pump(source: socket, target: socket) -> None:
    try:
        while block := source.recv(65_536):
            target.sendall(block)
    except OSError:
        return  # one side hung up, which is how every tunnel ends


def _pump_both_ways(one: socket, other: socket) -> None:
    back = threading.Thread(target=_pump, args=(other, one), daemon=True)
    back.start()
    _pump(one, other)
    other.shutdown(2)
    back.join(5)


def _socks_handler(internet: "SmallInternet") -> type[BaseRequestHandler]:
    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            asked: socket = self.request
            methods = asked.recv(2)[1]
            asked.recv(methods)
            asked.sendall(b"\x05\x00")
            kind = asked.recv(4)[3]
            ip = ipaddress.ip_address(asked.recv({1: 4, 4: 16}[kind]))
            port = int.from_bytes(asked.recv(2), "big")
            target = f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"
            internet.proxied.append(("SOCKS", target, ""))
            local = internet.ports.get(target)
            asked.sendall(b"\x05" + (b"\x00" if local else b"\x05") + b"\x00\x01\x00\x00\x00\x00\x00\x00")
            if local:
                with create_connection(("127.0.0.1", local)) as upstream:
                    _pump_both_ways(asked, upstream)

    return Handler


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        return  # a client that hangs up is what these tests are about


class _QuietTCP(ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def _running(server: ThreadingHTTPServer | ThreadingTCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class SmallInternet:
    """Sites by ``ip:port``, their names, and a proxy that is the only way to them."""

    stack: ExitStack
    folder: Path
    dns: FakeResolver = field(default_factory=FakeResolver)
    ports: dict[str, int] = field(default_factory=dict)
    proxied: list[tuple[str, str, str]] = field(default_factory=list)
    proxy: str = ""
    socks: str = ""

    def __post_init__(self) -> None:
        proxy = self.stack.enter_context(_running(_Quiet(("127.0.0.1", 0), _proxy_handler(self))))
        socks = self.stack.enter_context(_running(_QuietTCP(("127.0.0.1", 0), _socks_handler(self))))
        self.proxy, self.socks = f"http://127.0.0.1:{proxy}", f"socks5://127.0.0.1:{socks}"

    def site(
        self,
        name: str,
        ip: str,
        replies: dict[str, Reply],
        *,
        port: int = 80,
        tls: ssl.SSLContext | None = None,
    ) -> Site:
        """Put a site called ``name`` on a documentation address."""
        site = Site(replies)
        server = _Quiet(("127.0.0.1", 0), _site_handler(site))
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        site.port = self.stack.enter_context(_running(server))
        self.ports[f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"] = site.port
        self.dns.names.setdefault(name, []).append(ip)
        return site

    def greeting(self, words: bytes) -> str:
        """A server that answers everything with ``words``, whatever language that is; its address."""

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                self.request.recv(65_536)
                self.request.sendall(words)

        port = self.stack.enter_context(_running(_QuietTCP(("127.0.0.1", 0), Handler)))
        return f"http://127.0.0.1:{port}/"

    def fetcher(self, **changes: object) -> Fetcher:
        """A fetcher that may reach the documentation networks through the HTTP proxy."""
        settings: dict[str, object] = {"allow": DOCUMENTATION, "caps": Caps(seconds=60.0), **changes}
        return Fetcher(settings.pop("proxy", self.proxy), settings.pop("resolver", self.dns), **settings)  # type: ignore[arg-type]

    def certificate(self, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        """A server's TLS context with a fresh certificate for ``name``, and a client's that trusts only it."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = self.folder / f"{name}.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(pem)
        return server, ssl.create_default_context(cafile=str(pem))
