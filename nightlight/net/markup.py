"""HTML read in one pass, in time that grows with its length and no faster.

The pages we read are written by people who would like the checker to stop. The standard library's parser takes
most of a minute for 50 kB of ``<a `` (CVE-2025-6069 and its like), so this reads tags the way the HTML standard
tokenizes them (WHATWG 13.2.5), as far as text, links and media need it: nothing is searched for twice.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nightlight.net.address import NotAnAddress, exact

MOST_ADDRESSES = 1_000
"""Media and links kept, each."""

MOST_TRIED = 4 * MOST_ADDRESSES
"""References looked at: a page can name more than anybody would look at."""

MEDIA_ENDINGS = frozenset(
    (
        *("jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "avif", "heic", "heif", "bmp", "tif", "tiff"),
        *("mp4", "m4v", "mov", "webm", "mkv", "avi", "wmv", "flv", "mpg", "mpeg", "3gp", "ogv", "m3u8"),
    )
)

# Where elements say which media they show. ``data-`` attributes are for scripts, which we don't run.
_MEDIA_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "img": ("src", "data-src", "data-original", "data-lazy-src"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "source": ("src", "data-src"),
    "embed": ("src",),
    "object": ("data",),
    "input": ("src",),
}
_MEDIA_SETS = ("srcset", "data-srcset")
_MEDIA_META = frozenset(("og:image", "og:image:url", "og:video", "og:video:url", "twitter:image"))
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "q", "s", "small"),
        *("span", "strong", "sub", "sup", "time", "u", "wbr"),
    )
)
# Elements whose content is text up to their end tag: unseen, or (with entities) seen.
_RAW = frozenset(("script", "style", "xmp", "iframe", "noembed", "noframes"))
_ESCAPABLE = frozenset(("title", "textarea"))
_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in _RAW | _ESCAPABLE}

_NAME = re.compile(r"[a-z][^\s/>]*", re.I)
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/]*")
_ATTRIBUTE = re.compile(r"([^\s/>][^\s/>=]*)(\s*=\s*)?")
_UNQUOTED = re.compile(r"[^\s>]*")
_HUGE_REFERENCE = re.compile(r"&#(?:\d{8,}|x[0-9a-f]{8,});?", re.I)
_DESCRIPTOR = re.compile(r"^[\d.]+[wxh],?$")


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag: lower-case name, and attributes of which the first of a name counts."""

    name: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Markup:
    """What a document shows without scripts: title, visible words, and canonical addresses each once, in order."""

    title: str
    text: str
    media: tuple[str, ...]
    links: tuple[str, ...]


def tokens(source: str) -> Iterator[Tag | str]:
    """The start tags and the visible text of a document, in order. A block element breaks the text.

    The content of ``title`` follows its tag as text. Comments, scripts and styles give nothing; what is never
    closed swallows the rest, as in browsers.
    """
    at = 0
    while 0 <= at < len(source):
        opening = source.find("<", at)
        text = source[at:opening] if opening >= 0 else source[at:]
        if text:
            yield unescape(text)
        if opening < 0:
            return
        if name := _NAME.match(source, opening + 1):
            attributes, at = _attributes(source, name.end())
            if at >= 0:
                yield (tag := Tag(name[0].lower(), attributes))
                content, at = _content(source, at, tag.name)
                yield from content
        elif source.startswith(("</", "<!", "<?"), opening):
            at = _after_closing(source, opening)
            if not _is_inline(source, opening):
                yield "\n"
        else:
            yield "<"
            at = opening + 1


def unescape(text: str) -> str:
    """Resolve character references; absurdly long numbers become U+FFFD instead of an error."""
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text)) if "&" in text else text


def gather(source: str, url: str) -> Markup:
    """Collect what a document at ``url`` shows."""
    title: list[str] = []
    words: list[str] = []
    addresses = _Addresses(url)
    into = words
    for token in tokens(source):
        if isinstance(token, str):
            into.append(token)
            into = words
        else:
            into = title if token.name == "title" and not title else words
            if token.name not in _INLINE:
                words.append("\n")
            addresses.take(token)
    return Markup("".join(title), "".join(words), tuple(addresses.media), tuple(addresses.links))


class _Addresses:
    """Media and links, made absolute against the document or its first ``<base>``."""

    def __init__(self, url: str) -> None:
        self.media: dict[str, None] = {}
        self.links: dict[str, None] = {}
        self._url = url
        self._base: str | None = None
        self._tried: set[tuple[str, bool]] = set()

    def take(self, tag: Tag) -> None:
        """Note what one tag shows or leads to."""
        if tag.name == "base" and self._base is None and "href" in tag.attributes:
            self._base = _absolute(tag.attributes["href"], self._url) or self._url
        for reference in _media(tag):
            self._keep(reference, is_link=False)
        if tag.name in ("a", "area") and "href" in tag.attributes:
            self._keep(tag.attributes["href"], is_link=True)

    def _keep(self, reference: str, *, is_link: bool) -> None:
        if (reference, is_link) in self._tried or len(self._tried) >= MOST_TRIED:
            return
        self._tried.add((reference, is_link))
        url = _absolute(reference, self._base or self._url)
        found = self.links if is_link and url and not _ends_as_media(url) else self.media
        if url is not None and len(found) < MOST_ADDRESSES:
            found.setdefault(url)


def _content(source: str, at: int, name: str) -> tuple[list[str], int]:
    """The text of an element whose content is only text, and where it ends; all others hold markup."""
    if name not in _END:
        return [], at
    closing = _END[name].search(source, at)
    stop = closing.start() if closing else len(source)
    return [unescape(source[at:stop])] if name in _ESCAPABLE else [], stop


def _attributes(source: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag and where it ends, -1 if it never does."""
    found: dict[str, str] = {}
    while True:
        between = _BETWEEN_ATTRIBUTES.match(source, at)
        at = between.end() if between else at
        if at >= len(source):
            return found, -1
        if source[at] == ">":
            return found, at + 1
        attribute = _ATTRIBUTE.match(source, at)
        if attribute is None:
            return found, -1
        at, value = attribute.end(), ""
        if attribute[2] is not None:
            value, at = _value(source, at)
            if at < 0:
                return found, -1
        found.setdefault(attribute[1].lower(), unescape(value))


def _value(source: str, at: int) -> tuple[str, int]:
    quote = source[at : at + 1]
    if quote in ('"', "'"):
        closing = source.find(quote, at + 1)
        return source[at + 1 : closing], closing + 1 if closing >= 0 else -1
    unquoted = _UNQUOTED.match(source, at)
    return (unquoted[0], unquoted.end()) if unquoted else ("", -1)


def _after_closing(source: str, opening: int) -> int:
    """Where a comment, declaration or end tag ends, -1 if it never does."""
    mark = "-->" if source.startswith("<!--", opening) else ">"
    closing = source.find(mark, opening + 2)
    return closing + len(mark) if closing >= 0 else -1


def _is_inline(source: str, opening: int) -> bool:
    """Whether what begins at ``opening`` leaves the words around it together: a comment, ``</b>``."""
    name = _NAME.match(source, opening + 2)
    return name is None or name[0].lower() in _INLINE


def _media(tag: Tag) -> Iterator[str]:
    attributes = tag.attributes
    if tag.name == "meta":
        if (attributes.get("property") or attributes.get("name", "")).lower() in _MEDIA_META:
            yield attributes.get("content", "")
    elif tag.name == "link":
        if "image_src" in attributes.get("rel", "").lower():
            yield attributes.get("href", "")
    elif tag.name in _MEDIA_ATTRIBUTES:
        yield from (attributes[name] for name in _MEDIA_ATTRIBUTES[tag.name] if name in attributes)
        for name in _MEDIA_SETS:
            for part in attributes.get(name, "").split():
                if not _DESCRIPTOR.match(part):
                    yield part.rstrip(",")


def _ends_as_media(url: str) -> bool:
    return url.partition("?")[0].rpartition(".")[2].lower() in MEDIA_ENDINGS


def _absolute(reference: str, base: str) -> str | None:
    try:
        return exact(reference, base).url if reference.strip() else None
    except NotAnAddress:
        return None  # a data: picture, a mail address, a script: nothing to fetch
