"""A mail read as a report: its words, the addresses in them and in attached lists, and nothing else.

Kept are plain text (or the words of HTML where there is no other text) and attachments of type text/plain and text/csv,
up to CAPs. Every other attachment, every header but subject and sender, and whatever looks like an encoded file within
text are dropped before anything is stored: a hotline keeps no material that somebody sends. What was dropped is counted
and said.
"""

import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser

from nightlight.casebook.words import ReportKind
from nightlight.intake.arrival import MOST_ADDRESSES, MOST_TEXT, Arrived, arrive
from nightlight.net.address import find

LARGEST = 10 * 1024 * 1024  # bytes of a mail, as it comes
MOST_PARTS = 50
MOST_HEADER = 300  # characters of a subject or a sender
TEXTS = ("text/plain", "text/csv")
UNREADABLE = "(A mail came that could not be read. Nothing of it was kept.)"
CUT = "\n\n(This mail is longer than what is kept of one. Its end is missing here.)"
TOO_MANY = "\n\n(It named more addresses than one report carries. {} of them are in these words only.)"
_WORD = re.compile(r"\S+")
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{40,}")  # a line of base64 has 76, of a broken one something remains
# C0 and C1, unassigned, private use; spared are what texts have, and what Windows writes where it says Latin-1.
_NOT_WRITTEN = ("Cc", "Cn", "Co")
_WRITTEN = frozenset("\t\n\v\f\r\x1a\x1b" + "".join(map(chr, range(0x80, 0xA0))))
_HASH = re.compile(r"[0-9A-Fa-f]{40,128}")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is kept of a mail: who wrote (as text), its words, how many parts were dropped, and whether words were."""

    sender: str
    text: str
    dropped: int
    cut: bool = False


def report(raw: bytes, envelope_sender: str = "") -> tuple[Arrived, int]:
    """A mail as a report that has arrived, and how many of its parts were dropped. Never raises for what it is sent."""
    letter = read(raw, envelope_sender)
    found = [spelling for spelling, _ in find(letter.text)[0]]
    addresses = found[:MOST_ADDRESSES]
    note = f"\n\n({letter.dropped} attachments were not kept.)" if letter.dropped else ""
    note += CUT if letter.cut else ""
    note += TOO_MANY.format(len(found) - MOST_ADDRESSES) if len(found) > MOST_ADDRESSES else ""
    arrived = arrive(
        ReportKind.MATERIAL if addresses else ReportKind.OTHER,
        urls=addresses,
        text=letter.text[: MOST_TEXT - len(note)] + note,
        contact={"mail": letter.sender} if letter.sender else None,
    )
    return arrived, letter.dropped


def read(raw: bytes, envelope_sender: str = "") -> Letter:
    """What is kept of a mail. One that nobody can read is kept as the fact that it came."""
    try:
        mail = message_from_bytes(raw)
        sender = parseaddr(_header(mail, "From"))[1] or envelope_sender
        texts, dropped = _texts(mail)
        subject = _header(mail, "Subject")
    except Exception:
        # The parser of the standard library stumbles over some mails that nobody wrote by hand, in ways of its own;
        # a mail refused for it would be refused at each try, and reach nobody.
        return Letter(_plain(envelope_sender)[:MOST_HEADER], UNREADABLE, 1)
    whole = "\n\n".join(part for part in (subject, *texts) if part.strip())
    kept = _without_files(_plain(whole))
    return Letter(_plain(sender)[:MOST_HEADER], kept[:MOST_TEXT], dropped, len(kept) > MOST_TEXT)


def _texts(mail: Message) -> tuple[list[str], int]:
    """The texts of a mail, and how many parts were dropped."""
    plain: list[str] = []
    styled: list[str] = []
    dropped = 0
    for number, part in enumerate(mail.walk()):
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        styles = kind == "text/html" and part.get_content_disposition() != "attachment"
        content = _decoded(part) if number < MOST_PARTS and (kind in TEXTS or styles) else None
        if content is None or _is_file(content):
            dropped += 1
        elif styles:
            styled.append(_words(content))
        else:
            plain.append(content)
    return plain or styled, dropped


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, UnicodeError):
        return raw.decode("utf-8", "replace")


def _is_file(text: str) -> bool:
    """Whether this is no text, whatever it is called: characters that nobody writes, or that nobody assigned. Latin-1
    reads a picture without an error, and could give it back."""
    odd = sum(unicodedata.category(c) in _NOT_WRITTEN and c not in _WRITTEN for c in text[:MOST_TEXT])
    return odd * 100 > min(len(text), MOST_TEXT)


def _header(mail: Message, name: str) -> str:
    """A header in words, encoded words (RFC 2047) read."""
    found = str(mail.get(name) or "")
    try:
        pieces = decode_header(found)
        return "".join(
            piece.decode(charset or "utf-8", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in pieces
        )
    except (ValueError, LookupError, MessageError):
        return found


def _plain(text: str) -> str:
    """The text without null characters and halves of characters, which a database may refuse."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _without_files(text: str) -> str:
    """The text without what may be lines of an encoded file; addresses and hashes stay."""

    def shown(word: re.Match[str]) -> str:
        return word[0] if "://" in word[0] and not word[0].startswith("data:") else _ENCODED.sub(run, word[0])

    def run(found: re.Match[str]) -> str:
        return found[0] if _HASH.fullmatch(found[0]) else "(not kept)"

    return _WORD.sub(shown, text)


def _words(html: str) -> str:
    for text in (html, html.replace("<!", " ")):
        reader = _Words()
        try:
            reader.feed(text)
            reader.close()
        except AssertionError:  # how it says that a declaration is none: then once more without any
            continue
        return "".join(reader.found)
    return html


class _Words(HTMLParser):
    """The words of a page and where its links lead; no style, no script."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("style", "script")
        link = dict(attrs).get("href") if tag == "a" else None
        if link and link.lower().startswith(("http:", "https:")):
            self.found.append(f" {link} ")
        elif tag in ("p", "br", "div", "tr", "li"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "script") and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)
