"""NCMEC Hash Sharing Web Service v2: the XML that its `entries` call gives, read as a stream, and written.

An `image` or `video` has a member, an id, a time, a classification and fingerprints, several of one type kept;
`deletedImage` and `deletedVideo` say that one is gone. Entries are not in the order of time, so the latest word about
an item stands. Form: `domain.md` 3.2, after python-threatexchange's client of the service (hash_api.py).

The file is a stranger's: no document type, no entity, no element and no text of unbounded size is taken.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from typing import BinaryIO, TextIO, cast
from xml.sax import ContentHandler, SAXParseException
from xml.sax.xmlreader import AttributesImpl, IncrementalParser, Locator

from nightlight.fingerprint.listed import Answer, BadLine, BadValue, Kind, LeftOut, Listed, Row, value
from nightlight.fingerprint.lists_text import one_line

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
CHUNK_BYTES = 64 * 1024
LONGEST_TEXT = 4096  # characters of one field
LONGEST_TOKEN = 1024 * 1024  # bytes without any event: one endless tag
DEEPEST = 32
MOST_FINGERPRINTS = 1000  # of one item
_NO_ENTITIES = "declares a document type or an entity, which no hash list needs; not read further"
_ITEMS = {"image": "image", "video": "video", "deletedimage": "image", "deletedvideo": "video"}
_FIELDS = {"member", "id", "timestamp", "classification"}


def rows(stream: BinaryIO) -> Iterator[Row | BadLine]:
    """What each item says, numbered from 0. Ends with a BadLine where the XML breaks off; what came before stands."""
    from defusedxml.common import DefusedXmlException  # brings urllib: only who reads XML pays for it
    from defusedxml.expatreader import DefusedExpatParser

    parser: IncrementalParser = DefusedExpatParser(forbid_dtd=True)  # type: ignore[no-untyped-call]
    reader = _Reader(cast(Locator, parser))
    parser.setContentHandler(reader)
    silent = 0
    try:
        while chunk := stream.read(CHUNK_BYTES):
            parser.feed(chunk)
            silent = 0 if reader.heard else silent + len(chunk)
            reader.heard = False
            yield from reader.take()
            if silent > LONGEST_TOKEN:
                raise BadValue(f"a tag longer than {LONGEST_TOKEN:,} bytes")
        parser.close()
        yield from reader.take()
    except DefusedXmlException:
        yield from reader.take()
        yield BadLine(reader.line(), _NO_ENTITIES)
    except SAXParseException as error:
        yield from reader.take()
        yield BadLine(max((error.getLineNumber() or 1) - 1, 0), f"the XML breaks here: {error.getMessage()}")
    except BadValue as error:
        yield from reader.take()
        yield BadLine(reader.line(), str(error))


class _Reader(ContentHandler):
    """Turns events into rows, and keeps nothing but the item it is in."""

    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self._where = locator
        self.heard = False
        self._done: list[Row | BadLine] = []
        self._number = itertools.count()
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._begin("")

    def line(self) -> int:
        """The line of the file that is being read, from 0."""
        return max((self._where.getLineNumber() or 1) - 1, 0)

    def take(self) -> list[Row | BadLine]:
        """The rows finished since the last call."""
        done, self._done = self._done, []
        return done

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 (SAX names it)
        self.heard = True
        tag = name.rpartition(":")[2].lower()
        self._path.append(tag)
        if len(self._path) > DEEPEST:
            raise BadValue(f"elements nested deeper than {DEEPEST}")
        self._text, self._length = [], 0
        if tag in _ITEMS:
            self._begin(tag)
        elif tag == "member":
            self._fields["member_id"] = attrs.get("id", "")[:LONGEST_TEXT]

    def characters(self, content: str) -> None:
        self.heard = True
        self._length += len(content)
        if self._length <= LONGEST_TEXT:
            self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        self.heard = True
        tag = self._path.pop()
        text = "".join(self._text).strip()
        if self._length > LONGEST_TEXT:
            text = ""
        self._text, self._length = [], 0
        if not self._item:
            return
        if tag == self._item:
            self._end()
        elif self._path[-1:] == ["fingerprints"]:
            if len(self._prints) < MOST_FINGERPRINTS:
                self._prints.append((tag, text))
        elif tag in _FIELDS and self._path[-1:] == [self._item]:
            self._fields[tag] = text

    def _begin(self, tag: str) -> None:
        self._item = tag
        self._fields: dict[str, str] = {}
        self._prints: list[tuple[str, str]] = []

    def _end(self) -> None:
        number, item, fields = next(self._number), self._item, self._fields
        name, member = fields.get("id", ""), fields.get("member_id", "")
        withdrawn = item.startswith("deleted")
        answers = () if withdrawn else tuple(self._answer(number, *each) for each in self._prints)
        if withdrawn and not name:
            self._done.append(BadLine(self.line(), f"item {number + 1}: a withdrawal that names no item"))
        else:
            key = (_ITEMS[item], member, name) if name else None
            self._done.append(Row(key, _moment(fields.get("timestamp", "")), answers))
        self._begin("")

    def _answer(self, number: int, tag: str, text: str) -> Answer:
        fields = self._fields
        if tag not in set(Kind):
            return LeftOut(self.line(), f"a fingerprint of type {tag[:40]!a}, which Nightlight can't match")
        try:
            digits = value(Kind(tag), text)
        except BadValue as error:
            return BadLine(self.line(), f"item {number + 1}: {error}")
        label = fields.get("classification", "")
        return Listed(number, fields.get("id") or None, Kind(tag), digits, label, fields.get("member_id", ""))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def write(entries: Iterable[Listed], stream: TextIO) -> int:
    """One `queryResult` of images; entries that follow one another with one id are the fingerprints of one item."""
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<queryResult xmlns="{NAMESPACE}">\n<images>\n')
    count = 0
    for (name, member, _), group in itertools.groupby(entries, key=_same):
        prints = list(group)
        label, who = escape(one_line(prints[0].label)), escape(one_line(member))
        stream.write(f'<image><member id="{who}"/><id>{escape(one_line(name))}</id>')
        if label:
            stream.write(f"<classification>{label}</classification>")
        stream.write("<fingerprints>")
        stream.writelines(f"<{each.kind}>{each.value}</{each.kind}>" for each in prints)
        stream.write("</fingerprints></image>\n")
        count += len(prints)
    stream.write("</images>\n</queryResult>\n")
    return count


def _same(entry: Listed) -> tuple[str, str, int]:
    """What the fingerprints of one item share. One without an id stands alone, by its line."""
    return entry.id or "", entry.member, -1 if entry.id else entry.line
