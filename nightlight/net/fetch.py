"""The guarded fetcher: looks at reported addresses without ever being led into our own network.

Each hop is made canonical and resolved, and every one of its addresses is vetted; the connection goes to the
address that was vetted, so a second DNS answer can't change where it leads. Redirects are followed by hand through
the same gate.
"""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpcore

from nightlight.net.address import Address, NotAnAddress, exact
from nightlight.net.errors import (
    FetchError,
    Obstacle,
    Refused,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from nightlight.net.guard import IPNetwork, is_loopback, vet
from nightlight.net.resolve import CannotTell, NoSuchName, Resolves
from nightlight.net.wire import Deadline, NamedBackend, headers_of, named, open_pool, unpack, wire_host

__all__ = [
    "Caps",
    "FetchError",
    "Fetched",
    "Fetcher",
    "Hop",
    "Obstacle",
    "Refused",
    "TimedOut",
    "TooLarge",
    "TooManyRedirects",
    "Unreachable",
]

USER_AGENT = "Mozilla/5.0 (compatible; Nightlight hotline check)"
ANYTHING = "text/html,application/xhtml+xml,*/*;q=0.8"

_SENT_ON = frozenset((301, 302, 303, 307, 308))
_WITHOUT_BODY = frozenset((204, 304))
_METHODS = ("GET", "HEAD")
_MOST_ADDRESSES_TRIED = 3
_SECONDS_TO_CONNECT = 6.0
_WIRE_ERRORS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that one look may take.

    ``bytes`` of body, unpacked; ``seconds`` for everything from the first DNS question to the last byte;
    ``redirects`` followed; ``ratio`` of unpacked to received bytes.
    """

    bytes: int = 20_000_000
    seconds: float = 20.0
    redirects: int = 8
    ratio: float = 200.0


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way: what was asked, the IP address that answered, and its HTTP status."""

    url: str
    ip: str
    status: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. ``url``, ``status`` and ``ip`` are of the last hop; ``headers`` have lower-case names.

    ``body`` is unpacked; ``truncated`` says that more followed than was asked for.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    chain: tuple[Hop, ...]
    ip: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    accept: str
    max_bytes: int | None
    deadline: Deadline
    trusted: frozenset[str]


class Fetcher:
    """Fetches under guard: :meth:`fetch` for strangers' addresses, :meth:`fetch_trusted` for our own servers.

    ``proxy`` is ``http://`` or ``socks5://`` (never the environment's). ``allow`` adds networks to the global
    ones, ``only_allowed`` leaves no others. ``verify`` may be a TLS context, or ``False`` for no check at all.
    """

    def __init__(
        self,
        proxy: str | None,
        resolver: Resolves,
        allow: tuple[IPNetwork, ...] = (),
        caps: Caps | None = None,
        *,
        only_allowed: bool = False,
        verify: ssl.SSLContext | bool = True,
        user_agent: str = USER_AGENT,
    ) -> None:
        import httpx  # here: it takes a tenth of the start of every command, and few of them fetch

        if proxy is not None and not proxy.startswith(("http://", "socks5://", "socks5h://")):
            raise ValueError(f"the proxy must be http:// or socks5://, not {proxy!r}")
        self._proxy = proxy
        self._resolver = resolver
        self._allow = allow
        self._only_allowed = only_allowed
        self._caps = caps or Caps()
        self._user_agent = user_agent
        self._tls = httpx.create_ssl_context(verify=verify, trust_env=False)

    def fetch(
        self, url: str, *, method: str = "GET", accept: str = ANYTHING, max_bytes: int | None = None
    ) -> Fetched:
        """Look at an address a stranger gave, following its redirects.

        ``max_bytes`` asks for a beginning only: more sets ``truncated``. Without it a body above the cap is
        :class:`TooLarge`. Any HTTP status is an answer. Raises the named kinds of :class:`FetchError`.
        """
        return self._follow(url, self._question(method, accept, max_bytes, frozenset()))

    def fetch_trusted(
        self,
        url: str,
        *,
        accept: str = "application/json",
        max_bytes: int | None = None,
        also_trusted: frozenset[str] = frozenset(),
    ) -> Fetched:
        """Ask a server that the operator named: it may be on loopback, and is then asked without the proxy.

        Redirects are trusted only to the same origin (``scheme://host:port``) and to ``also_trusted``; to
        anywhere else the guard holds as in :meth:`fetch`.
        """
        trusted = also_trusted | {origin(url)}
        return self._follow(url, self._question("GET", accept, max_bytes, trusted))

    def _question(self, method: str, accept: str, most: int | None, trusted: frozenset[str]) -> _Question:
        if method not in _METHODS:
            raise ValueError(f"method must be one of {_METHODS}")
        return _Question(method, accept, most, Deadline(self._caps.seconds), trusted)

    def _follow(self, url: str, question: _Question) -> Fetched:
        chain: list[Hop] = []
        base: str | None = None
        while len(chain) <= self._caps.redirects:
            target, trusted = _target(url, base, question.trusted)
            ips = self._addresses(target, trusted=trusted)
            question.deadline.left()
            fetched = self._first_that_connects(target, ips, question, trusted=trusted)
            chain.append(Hop(target.url, fetched.ip, fetched.status))
            location = fetched.headers.get("location")
            if fetched.status not in _SENT_ON or not location:
                return replace(fetched, chain=tuple(chain))
            url, base = location, target.url
        raise TooManyRedirects(f"sent on more than {self._caps.redirects} times")

    def _addresses(self, target: Address, *, trusted: bool) -> list[str]:
        """The IP addresses of a hop, every one of them vetted: one bad address refuses the host."""
        if trusted and target.host == "localhost":
            return ["127.0.0.1", "::1"]  # RFC 6761 6.3: never asked of the DNS
        try:
            ips = self._resolver.addresses(target.host)
        except NoSuchName as error:
            raise Unreachable(Obstacle.NO_SUCH_NAME, error.reason) from error
        except CannotTell as error:
            raise Unreachable(Obstacle.CANNOT_RESOLVE, error.reason) from error
        if not trusted:
            for ip in ips:
                vet(ip, self._allow, only_allowed=self._only_allowed)
        return ips

    def _first_that_connects(
        self, target: Address, ips: list[str], question: _Question, *, trusted: bool
    ) -> Fetched:
        failure: Unreachable | None = None
        for ip in ips[:_MOST_ADDRESSES_TRIED]:
            try:
                return self._ask(target, ip, question, trusted=trusted)
            except Unreachable as error:
                if error.reason is not Obstacle.CONNECTION:
                    raise
                failure = error
        raise failure or Unreachable(Obstacle.NO_SUCH_NAME, f"{target.host} has no address")

    def _ask(self, target: Address, ip: str, question: _Question, *, trusted: bool) -> Fetched:
        proxy = None if trusted and is_loopback(ip) else self._proxy
        backend = NamedBackend(target.host, question.deadline)
        host, port, path = _split(target)
        request = httpcore.Request(
            question.method,
            httpcore.URL(scheme=target.scheme, host=wire_host(ip, proxy), port=port, target=path),
            headers=[
                ("Host", host),
                ("User-Agent", self._user_agent),
                ("Accept", question.accept),
                ("Accept-Encoding", "gzip, deflate"),
                ("Connection", "close"),
            ],
            extensions={"timeout": {"connect": _SECONDS_TO_CONNECT}},
        )
        try:
            with open_pool(proxy, self._tls, backend) as pool:
                response = pool.handle_request(request)
                try:
                    if response.status == 407 and proxy is not None:
                        raise Unreachable(Obstacle.PROXY, "the proxy wants a password")
                    return self._read(target, ip, response, question)
                finally:
                    response.close()
        except _WIRE_ERRORS as error:
            question.deadline.left()
            raise named(error, via_proxy=proxy is not None) from error

    def _read(self, target: Address, ip: str, response: httpcore.Response, question: _Question) -> Fetched:
        headers = headers_of(response)
        wanted = self._caps.bytes if question.max_bytes is None else min(question.max_bytes, self._caps.bytes)
        body, truncated = b"", False
        sent_on = response.status in _SENT_ON and "location" in headers
        if question.method == "GET" and response.status not in _WITHOUT_BODY and not sent_on:
            chunks = unpack(response.iter_stream(), headers.get("content-encoding", ""), self._caps.ratio)
            body, truncated = _take(chunks, wanted)
        if truncated and question.max_bytes is None:
            raise TooLarge(f"more than {self._caps.bytes} bytes")
        return Fetched(target.url, response.status, headers, body, (), ip, truncated)


def origin(url: str) -> str:
    """``scheme://host:port`` of an address, the port left out where it is the scheme's own.

    Raises :class:`Refused` if it is none.
    """
    return _origin(_exact(url, None, public=False))


def _origin(address: Address) -> str:
    return "/".join(address.url.split("/")[:3])


def _exact(url: str, base: str | None, *, public: bool) -> Address:
    try:
        return exact(url, base, public=public)
    except NotAnAddress as error:
        raise Refused(f"no web address: {error.reason}") from error


def _target(url: str, base: str | None, trusted: frozenset[str]) -> tuple[Address, bool]:
    """The next hop, and whether it is one of the operator's own servers. A host without a dot must be."""
    if trusted:
        address = _exact(url, base, public=False)
        if _origin(address) in trusted:
            return address, True
    return _exact(url, base, public=True), False


def _split(target: Address) -> tuple[str, int, str]:
    """The ``Host`` header, the port and the path with query."""
    host, _, path = target.url.partition("://")[2].partition("/")
    port = urlsplit(target.url).port or {"http": 80, "https": 443}[target.scheme]
    return host, port, f"/{path}"


def _take(chunks: Iterator[bytes], wanted: int) -> tuple[bytes, bool]:
    """At most ``wanted`` bytes, and whether there were more."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > wanted:
            return bytes(body[:wanted]), True
    return bytes(body), False
