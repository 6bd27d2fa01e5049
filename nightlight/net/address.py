"""Web addresses made canonical, so that one place on the web is stored once however it is spelled.

Canonical means: parsed as browsers do (WHATWG URL); user name, password, fragment and the dot after the host
dropped; unreserved percent-codes decoded and the others in capitals (RFC 3986 6.2.2); query order kept.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import ada_url

from nightlight.net.spelling import (
    AUTHORITY_END,
    LONGEST,
    candidates,
    defang,
    ends_in_junk,
    refang,
    strip_junk,
)
from nightlight.net.suffix import is_ip, registrable, top_level

__all__ = [
    "LONGEST",
    "Address",
    "NotAnAddress",
    "canonical",
    "defang",
    "digests",
    "exact",
    "expressions",
    "find",
]


class NotAnAddress(ValueError):
    """The text is no web address; ``reason`` says what is wrong with it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Address:
    """One canonical web address.

    ``host`` is ASCII (punycode), an IPv6 host without brackets. ``domain`` is the registrable domain, or the
    host itself for IP addresses and ``.onion``. ``tld`` is the last label, ``""`` for IP addresses.
    """

    url: str
    scheme: str
    host: str
    domain: str
    tld: str


_DOUBLED_SCHEME = re.compile(r"^(?:https?:[/\\]*)+(?=https?:)", re.I)
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.I)
_DOTTED_QUAD = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")
_HOST_NAME = re.compile(r"^(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}$")
_PERCENT = re.compile(r"(%[0-9A-Fa-f]{2})")
_HEX = frozenset("0123456789abcdefABCDEF")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_REFUSED_CATEGORIES = frozenset(("Cc", "Cs", "Zs", "Zl", "Zp"))
_ONLY_WEB = "only http and https addresses can be looked at, not"


def canonical(text: str) -> Address:
    """Make one address canonical, forgiving how people write: bare hosts, defanged dots, quotes around it.

    Idempotent: ``canonical(canonical(x).url) == canonical(x)``. Raises :class:`NotAnAddress`.
    """
    if len(text) > LONGEST:
        raise NotAnAddress(f"longer than {LONGEST} characters")
    written = refang(strip_junk(text))
    if not written:
        raise NotAnAddress("empty")
    if any(unicodedata.category(c) in _REFUSED_CATEGORIES for c in written):
        raise NotAnAddress("a space, line break or control character inside the address")
    return exact(_with_scheme(_DOUBLED_SCHEME.sub("", written)))


def exact(url: str, base: str | None = None, *, public: bool = True) -> Address:
    """Make an address that a machine wrote (a redirect, a link) canonical, with nothing forgiven.

    It may be relative to ``base``. ``public=False`` also takes host names without a dot, for servers that an
    operator names. Raises :class:`NotAnAddress`.
    """
    try:
        parsed = ada_url.URL(url, base)
    except ValueError as error:
        raise NotAnAddress("the host, port or address is not well formed") from error
    if parsed.protocol not in ("http:", "https:"):
        raise NotAnAddress(f"{_ONLY_WEB} {parsed.protocol}")
    parsed.username = ""
    parsed.password = ""
    parsed.hash = ""
    if parsed.hostname.endswith("."):
        parsed.hostname = parsed.hostname[:-1]
    host = _checked_host(parsed.hostname, public=public)
    path_and_query = _guard_end(_decode_unreserved(parsed.pathname + parsed.search))
    canonical_url = f"{parsed.protocol}//{parsed.host}{path_and_query}"
    if len(canonical_url) > LONGEST:
        raise NotAnAddress(f"longer than {LONGEST} characters once encoded")
    return Address(canonical_url, parsed.protocol[:-1], host, registrable(host), top_level(host))


def find(text: str) -> tuple[list[tuple[str, Address]], list[str]]:
    """Pull every address out of free text, a table, or one per line.

    Returns what was understood, as pairs of the spelling as reported and the address, each address once, in
    order; and what was not: pieces that look like addresses and make no sense, and whole lines without any.
    """
    understood: dict[str, tuple[str, Address]] = {}
    not_understood: dict[str, None] = {}
    for line, pieces in candidates(text):
        if not pieces:
            not_understood[line] = None
        for piece in pieces:
            try:
                address = canonical(piece)
            except NotAnAddress:
                not_understood[piece] = None
            else:
                understood.setdefault(address.url, (piece, address))
    return list(understood.values()), list(not_understood)


def expressions(address: Address) -> list[str]:
    """The host-suffix and path-prefix forms of an address, most exact first, without scheme, port or repeats.

    As Safe Browsing v4 ("Suffix/prefix expressions"): for each host form (the host itself; then, of its last
    five labels, ever shorter suffixes down to the registrable domain; an IP address only itself) each path
    form (with query; without; then ``/`` and up to three folders below it, shortest first). At most 30.
    """
    path_and_query = "/" + address.url.partition("://")[2].partition("/")[2]
    path = path_and_query.partition("?")[0]
    folders = path.split("/")[1:-1][:3]
    prefixes = [
        "/" + "".join(f"{folder}/" for folder in folders[:depth]) for depth in range(len(folders) + 1)
    ]
    paths = dict.fromkeys([path_and_query, path, *prefixes])
    return [host + form for host in _host_forms(address) for form in paths]


def digests(address: Address) -> list[bytes]:
    """SHA-256 (32 bytes each) of the canonical address, then of each of :func:`expressions` in its order."""
    return [hashlib.sha256(form.encode()).digest() for form in (address.url, *expressions(address))]


def _host_forms(address: Address) -> list[str]:
    if is_ip(address.host):
        return [f"[{address.host}]" if ":" in address.host else address.host]
    labels = address.host.split(".")
    longest, shortest = min(5, len(labels) - 1), len(address.domain.split("."))
    return [address.host, *(".".join(labels[-count:]) for count in range(longest, shortest - 1, -1))]


def _with_scheme(text: str) -> str:
    """Give a bare host its ``http://`` and refuse what names another scheme."""
    if text.startswith(("//", "\\\\")):
        return "http:" + text
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() in ("http", "https"):
        return text
    if scheme and ("." not in scheme[1] or text.startswith(f"{scheme[0]}//")):
        raise NotAnAddress(f"{_ONLY_WEB} {scheme[1].lower()}:")
    authority = AUTHORITY_END.split(text, maxsplit=1)[0]
    if "@" in authority:
        raise NotAnAddress("an e-mail address, not a web address")
    host = re.sub(r":\d*$", "", authority)
    if re.fullmatch(r"[\d.]+", host) and not _DOTTED_QUAD.match(host):
        raise NotAnAddress("a number, not a web address")
    return "http://" + text


def _checked_host(hostname: str, *, public: bool) -> str:
    host = hostname.strip("[]")
    if not host:
        raise NotAnAddress("no host name")
    if is_ip(host):
        return host
    if "." not in host and public:
        raise NotAnAddress("the host name has no dot, so it is no address on the public web")
    if not _HOST_NAME.match(host if "." in host else f"{host}.local"):
        raise NotAnAddress("the host name has an empty or too long part, or a character no host name has")
    return host


def _decode_unreserved(text: str) -> str:
    """RFC 3986 6.2.2.1 and 6.2.2.2, once: a decoded digit must never complete a stray ``%`` or ``%h``."""
    tail = ""
    pieces: list[str] = []
    for piece in _PERCENT.split(text):
        written = piece
        if _PERCENT.fullmatch(piece):
            char = chr(int(piece[1:], 16))
            completes = char in _HEX and (tail[-1:] == "%" or (tail[:1] == "%" and tail[1:] in _HEX))
            written = char if char in _UNRESERVED and not completes else piece.upper()
        pieces.append(written)
        tail = (tail + written)[-2:]
    return "".join(pieces)


def _guard_end(text: str) -> str:
    """Encode a last character that reads as the sentence's, so that the canonical form can be pasted."""
    return f"{text[:-1]}%{ord(text[-1]):02X}" if ends_in_junk(text) else text
