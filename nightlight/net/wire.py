"""The bytes between us and a server: one deadline, the name in TLS, the proxy, and bounded unpacking."""

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore

from nightlight.net.errors import FetchError, Obstacle, TimedOut, TooLarge, Unreachable

STEP = 65_536
"""Bytes unpacked at a time, so that a small packet can't become gigabytes in one step."""

RATIO_FREE = 1_000_000
"""Unpacked bytes below which any ratio is fine: a megabyte does no harm."""


class Deadline:
    """A point on the real clock after which every step of a look fails with :class:`TimedOut`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self._seconds = seconds

    def left(self, most: float | None = None) -> float:
        """Seconds left, at most ``most``. Raises :class:`TimedOut` when none are."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimedOut(f"no complete answer within {self._seconds:g} seconds")
        return left if most is None else min(left, most)


class NamedStream(httpcore.NetworkStream):
    """A stream that keeps the deadline and names ``server_name`` in TLS.

    We connect to an IP address, while the certificate is for a name. httpcore's ``sni_hostname`` is ignored
    behind a proxy, so the name is set where TLS starts.
    """

    def __init__(self, stream: httpcore.NetworkStream, server_name: str, deadline: Deadline) -> None:
        self._stream = stream
        self._server_name = server_name
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most ``max_bytes``, before the deadline."""
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of ``buffer``, before the deadline."""
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """TLS for ``server_name``, whatever address the connection leads to."""
        secured = self._stream.start_tls(ssl_context, self._server_name, self._deadline.left(timeout))
        return NamedStream(secured, self._server_name, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the wrapped stream says."""
        return self._stream.get_extra_info(info)


class NamedBackend(httpcore.NetworkBackend):
    """Opens :class:`NamedStream` connections."""

    def __init__(self, server_name: str, deadline: Deadline) -> None:
        self._backend = httpcore.SyncBackend()
        self._server_name = server_name
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect before the deadline."""
        left = self._deadline.left(timeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return NamedStream(stream, self._server_name, self._deadline)


def wire_host(ip: str, proxy: str | None) -> str:
    """An HTTP proxy is given the address as in a URL, all others as it is."""
    return f"[{ip}]" if ":" in ip and proxy is not None and proxy.startswith("http://") else ip


def open_pool(proxy: str | None, tls: ssl.SSLContext, backend: NamedBackend) -> httpcore.ConnectionPool:
    """Connections for one look: straight, or through an ``http://`` or ``socks5://`` proxy."""
    if proxy is None:
        return httpcore.ConnectionPool(ssl_context=tls, network_backend=backend)
    parts = urlsplit(proxy)
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    default_port = 80 if parts.scheme == "http" else 1080
    url = httpcore.URL(
        scheme=parts.scheme, host=parts.hostname or "", port=parts.port or default_port, target="/"
    )
    kind = httpcore.HTTPProxy if parts.scheme == "http" else httpcore.SOCKSProxy
    return kind(url, proxy_auth=auth, ssl_context=tls, network_backend=backend)


def headers_of(response: httpcore.Response) -> dict[str, str]:
    """Header values by lower-case name; repeated ones joined by a comma, of ``Location`` the last."""
    headers: dict[str, str] = {}
    for name, value in response.headers:
        key, text = name.decode("latin-1").lower(), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers and key != "location" else text
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def named(error: Exception, *, via_proxy: bool) -> FetchError:
    """Say in our words what httpcore met. Behind a proxy a failed TCP connection is the proxy's own."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(Obstacle.CERTIFICATE, cause.verify_message)
        if isinstance(cause, ssl.SSLError):
            return Unreachable(Obstacle.TLS, cause.reason or "")
        cause = cause.__cause__ or cause.__context__
    detail = str(error) or type(error).__name__
    if isinstance(error, httpcore.ProxyError):
        return Unreachable(Obstacle.CONNECTION, f"by the proxy: {detail}")
    if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
        return Unreachable(Obstacle.PROXY if via_proxy else Obstacle.CONNECTION, detail)
    if isinstance(error, httpcore.ProtocolError):
        return Unreachable(Obstacle.PROTOCOL, detail)
    if isinstance(error, httpcore.TimeoutException):
        return TimedOut("the answer stopped coming")
    return Unreachable(Obstacle.CONNECTION, detail)


def unpack(chunks: Iterable[bytes], encoding: str, ratio: float) -> Iterator[bytes]:
    """Undo one ``Content-Encoding``, a step at a time: none, ``gzip`` (of any members) or ``deflate``.

    Raises :class:`TooLarge` once more than ``ratio`` times the bytes received came out (and more than
    ``RATIO_FREE``), :class:`Unreachable` for another encoding or for bytes that are not what they claim.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        yield from chunks
        return
    if name not in ("gzip", "x-gzip", "deflate"):
        raise Unreachable(Obstacle.ENCODING, f"sent as {name[:40]!r}, which was not asked for")
    try:
        yield from _inflate(chunks, name, ratio)
    except zlib.error as error:
        raise Unreachable(Obstacle.ENCODING, f"not valid {name}") from error


def _inflate(chunks: Iterable[bytes], name: str, ratio: float) -> Iterator[bytes]:
    packed = unpacked = 0
    inflater: Any = None
    for chunk in chunks:
        packed += len(chunk)
        waiting = chunk
        while waiting:
            if inflater is None or inflater.eof:
                inflater = zlib.decompressobj(_window(name, waiting))
            out = inflater.decompress(waiting, STEP)
            unpacked += len(out)
            if unpacked > max(RATIO_FREE, packed * ratio):
                raise TooLarge(f"unpacks to more than {ratio:g} times its size")
            if out:
                yield out
            waiting = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if inflater.eof and name == "deflate":
                return


def _window(name: str, start: bytes) -> int:
    """zlib's ``wbits``. Some servers send ``deflate`` without its zlib head (RFC 9110 8.4.1.2)."""
    if name != "deflate":
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if start[0] & 0x0F == 8 else -zlib.MAX_WBITS
