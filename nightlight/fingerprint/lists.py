"""Lists of known media: read in whatever form they come, and written.

The form is known from the content: one PDQ hash per line with or without `,label`; JSON lines as our members' feed
gives them; NCMEC Hash Sharing v2 XML; the CSV of python-threatexchange's `dataset -P --csv`. A line that can't be read
is an answer (`BadLine`) and never stops the rest.

Later words win: an item that a feed withdraws or gives again is taken as it was said last. For that the forms that
name their items are read twice.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, TextIO

from nightlight.fingerprint import lists_json, lists_ncmec, lists_text
from nightlight.fingerprint.listed import Answer, BadLine, BadValue, Kind, LeftOut, Listed, Row

__all__ = [
    "Answer",
    "BadLine",
    "BadValue",
    "Form",
    "Kind",
    "LeftOut",
    "Listed",
    "read",
    "read_all",
    "write",
]


class Form(StrEnum):
    """The forms of a list file."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    NCMEC = "ncmec"
    THREATEXCHANGE = "threatexchange"


_HEAD_BYTES = 4096
_REFUSED = {
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"PK\x03\x04": "a ZIP archive; unpack it first",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}
_ROWS: dict[Form, Callable[[BinaryIO], Iterator[Row | BadLine]]] = {
    Form.JSON: lists_json.rows,
    Form.NCMEC: lists_ncmec.rows,
}
_LINES: dict[Form, Callable[[BinaryIO], Iterator[Answer]]] = {
    Form.TEXT: lists_text.lines,
    Form.CSV: lists_text.lines,
    Form.THREATEXCHANGE: lists_text.dataset,
}
_WRITERS: dict[Form, Callable[[Iterable[Listed], TextIO], int]] = {
    Form.TEXT: lists_text.write_text,
    Form.CSV: lists_text.write_csv,
    Form.JSON: lists_json.write,
    Form.NCMEC: lists_ncmec.write,
    Form.THREATEXCHANGE: lists_text.write_dataset,
}
_Order = tuple[datetime, int, int]
_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = (_EVER, -1, -1)


def read(path: Path) -> Iterator[Answer]:
    """Everything one list says, in its order. Raises OSError if the file can't be opened or read."""
    return (answer for _, answer in read_all([path]))


def read_all(paths: Sequence[Path]) -> Iterator[tuple[int, Answer]]:
    """Everything several lists say, each answer with the number of its file from 0.

    A withdrawal holds for all of them, so that the pages of one feed may be given as they were fetched; of equally old
    words, those in the later file win. Raises OSError.
    """
    with _Opened(paths) as files:
        latest: dict[tuple[str, ...], _Order] = {}
        for number, (form, stream) in enumerate(files):
            if isinstance(form, Form) and form in _ROWS:
                _survey(number, _ROWS[form](stream), latest)
                stream.seek(0)
        for number, (form, stream) in enumerate(files):
            for answer in _standing(number, form, stream, latest):
                yield number, answer


def write(entries: Iterable[Listed], form: Form, stream: TextIO) -> int:
    """Writes entries in a form, and says how many. Raises BadValue for a kind that the form can't hold.

    Line breaks and other control characters in labels become spaces: a label can't forge an entry.
    """
    return _WRITERS[form](entries, stream)


def recognise(head: bytes) -> Form | str:
    """The form of a list by its first bytes, or why it is none."""
    for magic, reason in _REFUSED.items():
        if head.startswith(magic):
            return reason
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return Form.NCMEC
    if text.startswith(b"{"):
        return Form.JSON
    heading = text.split(b"\n")[0].decode("utf-8", "replace").split(",")
    if lists_text.is_dataset(heading):
        return Form.THREATEXCHANGE
    return Form.TEXT


def _survey(file: int, rows: Iterator[Row | BadLine], latest: dict[tuple[str, ...], _Order]) -> None:
    for place, row in enumerate(rows):
        if isinstance(row, Row) and row.key:
            latest[row.key] = max(latest.get(row.key, _NEVER), (row.stamp or _EVER, file, place))


def _standing(
    file: int, form: Form | str, stream: BinaryIO, latest: dict[tuple[str, ...], _Order]
) -> Iterator[Answer]:
    if not isinstance(form, Form):
        yield BadLine(0, form)
    elif form in _LINES:
        yield from _LINES[form](stream)
    else:
        for place, row in enumerate(_ROWS[form](stream)):
            if isinstance(row, BadLine):
                yield row
            elif row.key is None or latest.get(row.key) == (row.stamp or _EVER, file, place):
                yield from row.answers


class _Opened:
    """Files opened and recognised; what can't be read twice, such as a pipe, is copied to a temporary file first."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._streams: list[BinaryIO] = []

    def __enter__(self) -> list[tuple[Form | str, BinaryIO]]:
        try:
            return [self._open(path) for path in self._paths]
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        for stream in self._streams:
            stream.close()

    def _open(self, path: Path) -> tuple[Form | str, BinaryIO]:
        stream: BinaryIO = path.open("rb")
        self._streams.append(stream)
        if not stream.seekable():
            stream = self._copied(stream)
        form = recognise(stream.read(_HEAD_BYTES))
        stream.seek(0)
        return form, stream

    def _copied(self, stream: BinaryIO) -> BinaryIO:
        copy: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed in __exit__)
        self._streams.append(copy)
        while piece := stream.read(1024 * 1024):
            copy.write(piece)
        copy.seek(0)
        return copy
