"""How people write web addresses: in sentences, tables and quotes, and defanged so that nobody clicks."""

import csv
import re
from collections.abc import Iterator

from nightlight.net.suffix import is_known_suffix

_QUOTES = "\"'`“”„‟‘’‚‛«»‹›"
_INVISIBLE = " \t\r\n\f\v\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
_LEADING_JUNK = frozenset("<>([{,.;:…" + _QUOTES + _INVISIBLE)
_TRAILING_JUNK = frozenset("<>,.;:…" + _QUOTES + _INVISIBLE)
_BRACKETS = {")": "(", "]": "[", "}": "{"}

# Only ever undone left of the first path character: brackets in a path may be the page's own.
_DEFANGED_SCHEME = re.compile(r"^h(?:tt|xx|\*\*|tx|xt|__)p(s?)[\[(]?:[\])]?[\[(]?(?://|\\\\)[\])]?", re.I)
_DEFANGED_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[\.|\.\]|\[dot\]|\(dot\)|\{dot\}", re.I)
_DEFANGED_COLON = re.compile(r"\[:\]|\(:\)")
_IPV6_LITERAL = re.compile(r"\[(?=[^:\]]*:[^:\]]*:)[0-9a-f:.]{2,45}\]", re.I)
LONGEST = 8192
"""Characters of an address. A longer word is left as it is, so that nothing is cut into an address."""

AUTHORITY_END = re.compile(r"[/\\?#]")

_BETWEEN_WORDS = re.compile(r"[\s<>\"“”„«»`]+")
_BETWEEN_ADDRESSES = re.compile(r"[,;|]+(?=h(?:tt|xx|\*\*|tx|xt|__)ps?[:\[(]|www[.\[(])", re.I)
_WEB_SCHEME = re.compile(r"h(?:tt|xx|\*\*|tx|xt|__)ps?[\[(]?:", re.I)
_ANY_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{1,20}://|^(?:javascript|data|file):", re.I)
_BARE_HOST = re.compile(r"^((?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+))(:\d+)?([/?#].*)?$", re.I)
_BARE_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:[/?#].*)?$")
# Suffixes that are on no public list and still stand for hosts (RFC 2606, RFC 6761, RFC 7686).
_RESERVED_SUFFIXES = (".test", ".example", ".invalid", ".onion", ".i2p")


def strip_junk(text: str) -> str:
    """Drop what surrounds an address in a sentence: space, quotes, full stops, unpaired brackets."""
    if len(text) > LONGEST:
        return text
    start, end = 0, len(text)
    while start < end:
        first = text[start]
        if first in _LEADING_JUNK and not (first == "[" and _IPV6_LITERAL.match(text, start)):
            start += 1
        elif ends_in_junk(text[start:end]):
            end -= 1
        else:
            break
    return text[start:end]


def ends_in_junk(text: str) -> bool:
    """Whether the last character would be taken for the sentence's, not the address's."""
    last = text[-1:]
    opening = _BRACKETS.get(last)
    return last in _TRAILING_JUNK if opening is None else text.count(opening) < text.count(last)


def refang(text: str) -> str:
    """Undo ``hxxp://``, ``[.]``, ``(dot)`` and their like in scheme and host; the path is left alone."""
    text = _DEFANGED_SCHEME.sub(r"http\1://", text)
    start = text.find("://", 0, 16)
    start = start + 3 if start >= 0 else 0
    end = AUTHORITY_END.search(text, start)
    cut = end.start() if end else len(text)
    authority = text[start:cut]
    if not _IPV6_LITERAL.search(authority):
        authority = _DEFANGED_COLON.sub(":", _DEFANGED_DOT.sub(".", authority))
    return text[:start] + authority + text[cut:]


def defang(url: str) -> str:
    """Write an address so that no program makes it a link: ``hxxps://quick[.]example/a.b``."""
    start, slashes, rest = url.partition("://")
    if not slashes:
        start, rest = "", url
    end = AUTHORITY_END.search(rest)
    cut = end.start() if end else len(rest)
    return start.replace("http", "hxxp") + slashes + rest[:cut].replace(".", "[.]") + rest[cut:]


def candidates(text: str) -> Iterator[tuple[str, list[str]]]:
    """Per line of ``text``: the line and the pieces of it that look as if they were meant as addresses.

    A table with a head row (comma, semicolon or tab) gives the cells of the column that holds addresses.
    Without a head row a comma may be the address's own, so the line is read as a sentence.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    column = _address_column(lines)
    if column:
        yield from ((line.strip(), [cell]) for line, cell in zip(lines[1:], column, strict=True))
    else:
        yield from ((line.strip(), list(_in_sentence(line))) for line in lines)


def looks_like_address(piece: str) -> bool:
    """Whether a word was meant as an address: it has a scheme, a known suffix, or a dot and a path."""
    if _WEB_SCHEME.match(piece) or _ANY_SCHEME.match(piece):
        return True
    if len(piece) > LONGEST:
        return False
    plain = refang(piece)
    if plain != piece or _BARE_IP.match(plain):
        return True
    bare = _BARE_HOST.match(plain)
    if not bare:
        return False
    host = bare[1].lower()
    return (
        host.startswith("www.")
        or bool(bare[3] and bare[3].startswith("/"))
        or host.endswith(_RESERVED_SUFFIXES)
        or is_known_suffix(host)
    )


def _in_sentence(line: str) -> Iterator[str]:
    for word in _BETWEEN_WORDS.split(line):
        for part in _BETWEEN_ADDRESSES.split(word):
            piece = strip_junk(_from_scheme(part))
            if piece and looks_like_address(piece):
                yield piece


def _from_scheme(word: str) -> str:
    """``see:http://x.test/`` from its scheme on; an address inside another's path stays inside."""
    found = _WEB_SCHEME.search(word)
    if not found or found.start() == 0:
        return word
    before = word[: found.start()]
    return word if looks_like_address(strip_junk(before)) else word[found.start() :]


def _address_column(lines: list[str]) -> list[str] | None:
    """The cells below the head of the column with most addresses, if at least every second is one."""
    if len(lines) < 2 or any(looks_like_address(piece) for piece in re.split(r"[,;\t\s\"]+", lines[0])):
        return None
    for delimiter in ",;\t":
        try:
            head, *rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        except csv.Error:
            continue
        if len(head) < 2 or len(rows) != len(lines) - 1 or any(len(row) != len(head) for row in rows):
            continue
        columns = [[strip_junk(cell) for cell in cells] for cells in zip(*rows, strict=True)]
        addresses = [sum(looks_like_address(cell) for cell in cells) for cells in columns]
        if max(addresses) * 2 >= len(rows):
            return columns[addresses.index(max(addresses))]
    return None
