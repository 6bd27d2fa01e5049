"""The egress proxy: the only way from the hotline to the small internet, and to nowhere else.

Takes requests in absolute form and CONNECT (RFC 9112 3.2.2, 3.2.3) whose target is a documentation address
that the caller has vetted; names, other addresses and other ports are answered with 502.
"""

import contextlib
import logging
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from nightlight.demo.loopback import LOOPBACK, LoopbackHTTPServer, QuietHandler, in_thread
from nightlight.demo.world import Address

HTTP_PORT = 80
IDLE = 20.0  # seconds of real time after which a tunnel is closed
_CHUNK = 65536
_NOT_PASSED_ON = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade",
    }
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Passage:
    """One request at the proxy: what was asked, when by the hotline's clock, and whether it passed."""

    at: datetime
    method: str
    target: str
    host: str
    passed: bool


class Proxy:
    """An HTTP proxy on a free loopback port that leads only to the sites' server.

    `hosts` says which addresses have a server. `passages` is the log of every request.
    """

    def __init__(
        self, sites_port: int, hosts: Callable[[Address], bool], now: Callable[[], datetime]
    ) -> None:
        self._sites_port = sites_port
        self._hosts = hosts
        self._now = now
        self._lock = threading.Lock()
        self._passages: list[Passage] = []
        self._server = LoopbackHTTPServer(self._desk())
        self.port = self._server.port

    @property
    def passages(self) -> list[Passage]:
        """Every request so far, oldest first."""
        with self._lock:
            return list(self._passages)

    def start(self) -> None:
        """Serve in a thread of this process."""
        in_thread(self._server, "proxy")

    def stop(self) -> None:
        """Stop serving and give the port back."""
        self._server.shutdown()
        self._server.server_close()

    def _vetted(self, host: str | None, port: int | None) -> Address | None:
        """The documentation address a target means, or None for everything that must not be reached."""
        try:
            address = ip_address(host or "")
        except ValueError:  # a name: the caller has vetted nothing
            return None
        return address if port == HTTP_PORT and self._hosts(address) else None

    def _note(self, desk: QuietHandler, *, passed: bool) -> None:
        host = desk.headers.get("Host", "")
        with self._lock:
            self._passages.append(Passage(self._now(), desk.command, desk.path, host, passed))

    def _to_sites(self, address: Address) -> socket.socket:
        """A connection to the sites' server that says which address is meant (PROXY protocol v1)."""
        onward = socket.create_connection((LOOPBACK, self._sites_port), timeout=IDLE)
        source = LOOPBACK if address.version == 4 else "::1"
        onward.sendall(f"PROXY TCP{address.version} {source} {address} 0 {HTTP_PORT}\r\n".encode())
        return onward

    def _desk(self) -> type[QuietHandler]:
        proxy = self

        class Desk(QuietHandler):
            def do_CONNECT(self) -> None:  # noqa: N802 - the parent's name
                meant = proxy._admitted(self, f"//{self.path}", None)
                self.close_connection = True
                if meant is None:
                    return
                with proxy._to_sites(meant) as onward:
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    _tunnel(self.connection, onward)

            def do_GET(self) -> None:  # noqa: N802
                meant = proxy._admitted(self, self.path, HTTP_PORT)
                if meant is None:
                    return
                self.close_connection = True
                with proxy._to_sites(meant) as onward:
                    onward.sendall(_forwarded(self))
                    while chunk := onward.recv(_CHUNK):
                        self.wfile.write(chunk)

            do_HEAD = do_GET  # noqa: N815

            def do_POST(self) -> None:  # noqa: N802
                self.close_connection = True  # whatever was sent is not read
                proxy._refuse(self)

            do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST  # noqa: N815

        return Desk

    def _admitted(self, desk: QuietHandler, target: str, default_port: int | None) -> Address | None:
        """The vetted address of a request, or None after it was refused with 502."""
        try:
            parts = urlsplit(target)
            meant = self._vetted(parts.hostname, parts.port or default_port)
        except ValueError:  # a port or a bracket that can't be read
            meant = None
        if meant is None or parts.scheme not in ("", "http"):
            self._refuse(desk)
            return None
        self._note(desk, passed=True)
        return meant

    def _refuse(self, desk: QuietHandler) -> None:
        self._note(desk, passed=False)
        desk.reply(502, "text/plain", b"Only vetted documentation addresses are reached from here.\n")


def _forwarded(desk: QuietHandler) -> bytes:
    """The request as the sites' server wants it: path only, its own Host, one request per connection."""
    parts = urlsplit(desk.path)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [f"{name}: {value}" for name, value in desk.headers.items() if name.lower() not in _NOT_PASSED_ON]
    lines = (f"{desk.command} {path} HTTP/1.1", *kept, "Connection: close", "", "")
    return "\r\n".join(lines).encode("latin-1")


def _tunnel(near: socket.socket, far: socket.socket) -> None:
    """Carry bytes both ways until either side ends or nothing moved for `IDLE` seconds."""
    other = {near: far, far: near}
    with contextlib.suppress(ConnectionError):
        while ready := select.select([near, far], [], [], IDLE)[0]:
            for side in ready:
                chunk = side.recv(_CHUNK)
                if not chunk:
                    return
                other[side].sendall(chunk)
