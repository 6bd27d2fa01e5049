"""Reading what came back: the text a visitor sees, the media and links in it, and whether it reads as removed."""

import hashlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nightlight.net.charsets import decode
from nightlight.net.fetch import Fetched
from nightlight.net.markup import Markup, gather

MOST_TEXT = 20_000
"""Visible characters kept."""

MOST_READ = 4_000_000
"""Bytes of a document that are read as markup or text: no page that people look at is longer."""

MOST_COMPARED = 100_000
"""Visible characters that count for the fingerprint: a single one can become eighteen when it is taken apart, and
twenty megabytes of it gigabytes."""

SHORT = 4_000
"""Visible characters up to which a page can read as removed: above, the phrase is about something else on it."""

_GONE = frozenset((404, 410, 451))
_HTML = ("text/html", "application/xhtml+xml")
_MEDIA = ("image/", "video/", "audio/")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_CHALLENGE_HEADER = ("cf-mitigated", "challenge")


@dataclass(frozen=True, slots=True)
class Page:
    """What a visitor without scripts sees.

    ``title`` and ``text`` (at most ``MOST_TEXT`` characters) have their space folded; ``media`` and ``links`` are
    canonical addresses, each once, in order; ``digest`` is :func:`fingerprint` of title and text.
    ``reads_as_removed``: see :func:`reads_as_removed`. ``blocks_robots``: the server turned the checker away
    (a captcha, a challenge, an access wall), so the look says nothing about what is behind it.
    """

    title: str
    text: str
    media: tuple[str, ...]
    links: tuple[str, ...]
    reads_as_removed: bool
    blocks_robots: bool
    digest: str


def read(fetched: Fetched) -> Page:
    """Read one answer, whatever it is: HTML, plain text, or media (which is then its own only medium)."""
    shown = _shown(fetched)
    title, text = _folded(shown.title), _folded(shown.text)
    seen = f"{title} {text}"
    return Page(
        title=title[:MOST_TEXT],
        text=text[:MOST_TEXT],
        media=shown.media,
        links=shown.links,
        reads_as_removed=reads_as_removed(seen, fetched.status),
        blocks_robots=_blocks_robots(fetched, seen),
        digest=fingerprint(seen),
    )


def is_markup(fetched: Fetched) -> bool:
    """Whether :func:`read` takes the body apart: HTML, and everything that calls itself text."""
    kind = _kind(fetched)
    return kind in _HTML or kind.startswith("text/")


def reads_as_removed(text: str, status: int) -> bool:
    """Whether an answer says that something was here and no longer is.

    404, 410 and 451 say so themselves. A 2xx does when its visible text is short and holds a phrase of
    ``removed_phrases.toml``. Any other status is about the server or the visitor, not the page.
    """
    if status in _GONE:
        return True
    return 200 <= status < 300 and _holds(text, "removed")


def fingerprint(text: str) -> str:
    """SHA-256 (hex) of the first ``MOST_COMPARED`` characters seen, for telling whether two looks saw the same page.

    Case, accents, space and the value of numbers (view counts, times) make no difference.
    """
    return hashlib.sha256(
        re.sub(r"\d+", "0", _plain(text[:MOST_COMPARED])).encode("utf-8", "replace")
    ).hexdigest()


def _shown(fetched: Fetched) -> Markup:
    kind = _kind(fetched)
    if kind in _HTML:
        return gather(_decoded(fetched), fetched.url)
    if kind.startswith("text/"):
        return Markup("", _decoded(fetched), (), ())
    return Markup("", "", (fetched.url,) if kind.startswith(_MEDIA) else (), ())


def _kind(fetched: Fetched) -> str:
    return fetched.headers.get("content-type", "text/html").partition(";")[0].strip().lower()


def _blocks_robots(fetched: Fetched, text: str) -> bool:
    name, value = _CHALLENGE_HEADER
    if fetched.headers.get(name, "").lower() == value or fetched.status in (401, 407, 429):
        return True
    return fetched.status not in _GONE and _holds(text, "turned_away")


def _holds(text: str, table: str) -> bool:
    if len(text) > SHORT:
        return False
    plain = _plain(text)
    return any(phrase in plain for phrase in _phrases(table))


@cache
def _phrases(table: str) -> tuple[str, ...]:
    written = tomllib.loads(files("nightlight.net").joinpath("removed_phrases.toml").read_text("utf-8"))
    return tuple(_plain(phrase) for phrases in written[table].values() for phrase in phrases)


def _plain(text: str) -> str:
    """Lower case, without accents, straight quotes, single spaces."""
    apart = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return _folded("".join(char for char in apart if not unicodedata.combining(char)))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _decoded(fetched: Fetched) -> str:
    """The text of a body: byte order mark, header, ``<meta>``, then UTF-8, in the order browsers ask."""
    body = fetched.body[:MOST_READ]
    if body.startswith(b"\xef\xbb\xbf"):
        return body[3:].decode("utf-8", "replace")
    header = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", fetched.headers.get("content-type", ""), re.I)
    meta = _CHARSET.search(body[:2048])
    charset = header[1] if header else meta[1].decode("ascii", "replace") if meta else "utf-8"
    return decode(body, charset)
