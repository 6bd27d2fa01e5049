"""Hashes as bytes for one column: a video's frames, and a picture's edits. Network byte order, no header."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FRAME = struct.Struct("!IfB32s")  # number, seconds from the start, quality, PDQ
MIN_QUALITY = 50  # below it a hash tells nothing apart (`fingerprint.pdq`, which needs numpy to say so)
EDIT = struct.Struct("!HB32s")  # number of the edit in its grid, quality, PDQ


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame; `pdq` in hex."""

    number: int
    seconds: float
    quality: int
    pdq: str


@dataclass(frozen=True, slots=True)
class EditRow:
    """One edit; `tag` is its place in the grid, from 1; `pdq` in hex."""

    tag: int
    quality: int
    pdq: str


def pack_frames(rows: Iterable[FrameRow]) -> bytes:
    """The frames in order.

    >>> row = FrameRow(0, 0.5, 80, "0f" * 32)
    >>> list(frames(pack_frames([row, row]))) == [row, row]
    True
    """
    return b"".join(FRAME.pack(row.number, row.seconds, row.quality, bytes.fromhex(row.pdq)) for row in rows)


def frames(packed: bytes) -> Iterator[FrameRow]:
    """The frames of a column. Raises struct.error for one that was cut."""
    for number, seconds, quality, code in FRAME.iter_unpack(packed):
        yield FrameRow(number, seconds, quality, code.hex())


def pack_edits(rows: Iterable[EditRow]) -> bytes:
    """The edits in order."""
    return b"".join(EDIT.pack(row.tag, row.quality, bytes.fromhex(row.pdq)) for row in rows)


def edits(packed: bytes) -> Iterator[EditRow]:
    """The edits of a column. Raises struct.error for one that was cut."""
    for tag, quality, code in EDIT.iter_unpack(packed):
        yield EditRow(tag, quality, code.hex())
