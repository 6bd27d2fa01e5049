"""Lists with one entry per line: bare PDQ hashes, `pdq,label`, and python-threatexchange's dataset CSV.

The dataset is what `threatexchange dataset -P --csv` prints: `collab,signal_type,signal_str,category,tags`, categories
as in its `SignalOpinionCategory` (python-threatexchange/threatexchange/exchanges/fetch_state.py).
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, TextIO

from nightlight.fingerprint.listed import Answer, BadLine, BadValue, Kind, LeftOut, Listed, value

LONGEST_LINE = 4 * 1024 * 1024  # bytes; a page of our feed with 1,000 entries is a tenth of this
_HEADERS = {"pdq", "hash", "pdq_hash"}
_DATASET = ("collab", "signal_type", "signal_str", "category", "tags")
_NOT_A_MATCH = "NEGATIVE_CLASS"
_PLAIN = re.compile(r"([0-9a-f]{64})(?:,([^\",\s](?:[^\"]*[^\"\s])?))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def pieces(stream: BinaryIO) -> Iterator[tuple[int, str | None]]:
    """The lines of a file, numbered from 0, without their ends; None for one longer than `LONGEST_LINE`.

    A line that isn't UTF-8 is read with its odd bytes replaced: a label in another encoding must not cost the hash
    before it.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        whole = len(line) <= LONGEST_LINE
        while not line.endswith(b"\n") and (rest := stream.readline(LONGEST_LINE)):
            line = rest
        if number == 0:
            line = line.removeprefix(b"\xef\xbb\xbf")
        yield number, line.decode("utf-8", "replace").rstrip("\r\n") if whole else None
        number += 1


def too_long(number: int) -> BadLine:
    """The answer to a line that `pieces` did not give."""
    return BadLine(number, f"longer than {LONGEST_LINE:,} bytes")


def lines(stream: BinaryIO) -> Iterator[Answer]:
    """Entries of a text or CSV list; blank lines, lines that begin with `#` and a heading are passed over."""
    first = True
    for number, line in pieces(stream):
        plain = _PLAIN.fullmatch(line) if line is not None else None
        if plain:
            yield Listed(number, None, Kind.PDQ, plain[1], plain[2] or "")
        elif line is None:
            yield too_long(number)
        elif (text := line.strip()) and not text.startswith("#"):
            head, _, label = text.partition(",")
            if not (first and head.strip().strip('"').lower() in _HEADERS):
                yield _entry(number, head.strip(), label.strip())
        else:
            continue
        first = False


def _entry(number: int, head: str, label: str) -> Answer:
    try:
        hex_digits = value(Kind.PDQ, head.strip('"'))
        return Listed(number, None, Kind.PDQ, hex_digits, _unquoted(label))
    except (BadValue, csv.Error) as error:
        return BadLine(number, str(error))


def _unquoted(label: str) -> str:
    """A label as it was meant: all that follows the first comma, or what a quoted field holds."""
    if not label.startswith('"'):
        return label
    fields = next(csv.reader([label], strict=True))
    return ",".join(fields)


def is_dataset(heading: Sequence[str]) -> bool:
    """Whether a first line is the heading of a dataset, whatever the order of its columns."""
    return {"signal_type", "signal_str"} <= {name.strip().strip('"').lower() for name in heading}


def dataset(stream: BinaryIO) -> Iterator[Answer]:
    """Entries of python-threatexchange's dataset.

    The label is its collaboration and its tags. What it says is no match (`NEGATIVE_CLASS`) and signals that are no
    hashes of ours are left out and named.
    """
    columns: list[str] = []
    for number, line in pieces(stream):
        if line is None:
            yield too_long(number)
        elif line.strip():
            try:
                fields = next(csv.reader([line], strict=True))
                if columns:
                    yield _signal(number, dict(zip(columns, fields, strict=False)))
                else:
                    columns = [name.strip().lower() for name in fields]
            except (BadValue, csv.Error) as error:
                yield BadLine(number, str(error))


def _signal(number: int, fields: dict[str, str]) -> Answer:
    name = fields.get("signal_type", "").strip().lower()
    kind = name.rpartition("_")[2]  # video_md5, photo_md5, video_sha256
    if fields.get("category", "").strip().upper() == _NOT_A_MATCH:
        return LeftOut(number, "said to be no match (NEGATIVE_CLASS)")
    if not name:
        return BadLine(number, "no signal_type")
    if kind not in set(Kind):
        return LeftOut(number, f"a signal of type {name[:40]!a}, which Nightlight can't match")
    label = ", ".join(filter(None, (fields.get("collab", "").strip(), fields.get("tags", "").strip())))
    hex_digits = value(Kind(kind), fields.get("signal_str", "").strip())
    return Listed(number, None, Kind(kind), hex_digits, label)


def one_line(label: str) -> str:
    """A label that can't break its line."""
    return _CONTROL.sub(" ", label).strip()


def write_text(entries: Iterable[Listed], stream: TextIO) -> int:
    """One bare PDQ hash per line."""
    count = 0
    for entry in entries:
        stream.write(f"{_pdq(entry)}\n")
        count += 1
    return count


def write_csv(entries: Iterable[Listed], stream: TextIO) -> int:
    """One `pdq,label` per line, without a heading, so that an entry's line is its number."""
    count = 0
    for entry in entries:
        label = one_line(entry.label)
        if any(letter in label for letter in ',"'):
            label = '"' + label.replace('"', '""') + '"'
        stream.write(f"{_pdq(entry)},{label}\n")
        count += 1
    return count


def write_dataset(entries: Iterable[Listed], stream: TextIO) -> int:
    """The CSV that python-threatexchange prints; its heading is line 0."""
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(_DATASET)
    count = 0
    for entry in entries:
        kind = entry.kind.value if entry.kind is Kind.PDQ else f"video_{entry.kind}"
        rows.writerow(("", kind, entry.value, "POSITIVE_CLASS", one_line(entry.label)))
        count += 1
    return count


def _pdq(entry: Listed) -> str:
    if entry.kind is not Kind.PDQ:
        raise BadValue(f"a list of one hash per line holds PDQ only, not {entry.kind}")
    return entry.value
