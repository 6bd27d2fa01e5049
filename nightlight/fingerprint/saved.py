"""An index as one file of plain arrays: opened by mapping it, never half-written, never executed.

Layout, little-endian: the magic ``NIGHTIDX``, the version (``uint32``), the length of the description (``uint32``),
its SHA-256 (32 bytes), the description (JSON: what is in the index, and for each array its name, type, shape, place
and SHA-256), then the arrays, each at a multiple of 64 bytes, and nothing after the last.

A new file is written beside the old one, flushed to the disk and renamed over it: whoever opens the path finds the
old index or the new one. `read` checks the magic, the version, the description and the file's length in a few
milliseconds; `check` reads the arrays too.
"""

import contextlib
import fcntl
import glob
import hashlib
import json
import math
import mmap
import os
import secrets
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"NIGHTIDX"
VERSION = 1
ALIGN = 64
_HEAD = struct.Struct("<8sII32s")

Array = npt.NDArray[Any]


class BadIndex(ValueError):
    """A file that is no whole index of ours. Nothing was read from it."""


class NotAnIndex(BadIndex):
    """It does not begin as an index does."""


class OtherVersion(BadIndex):
    """It was written by another version of Nightlight: build it anew."""


class Truncated(BadIndex):
    """It ends too early, or too late."""


class Damaged(BadIndex):
    """Its content is not what was written."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a file holds: what was told about it, and its arrays, mapped and not yet read."""

    about: dict[str, Any]
    arrays: dict[str, Array]


def write(path: Path, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write an index, whole or not at all. Raises `OSError` as the disk does; then the old file is untouched."""
    _little_endian()
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        with unfinished.open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _clear_away(path, unfinished)
            _write(file, about, arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)  # noqa: PTH105 - the tests stop here
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path) -> Saved:
    """Map an index. Raises a `BadIndex` that says what is wrong, or `OSError`."""
    _little_endian()
    with Path(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(_HEAD.size)
        if head[: len(MAGIC)] != MAGIC:
            raise NotAnIndex(f"{path} is not an index" if size else f"{path} is empty")
        if len(head) < _HEAD.size:
            raise Truncated(f"{path} ends within its first bytes")
        _, version, length, digest = _HEAD.unpack(head)
        if version != VERSION:
            raise OtherVersion(
                f"{path} is of version {version}, and this is version {VERSION}: build it anew"
            )
        description = file.read(length)
        if len(description) < length:
            raise Truncated(f"{path} ends within its description")
        if hashlib.sha256(description).digest() != digest:
            raise Damaged(f"the description in {path} is damaged")
        told = json.loads(description)
        if size != told["size"]:
            raise Truncated(f"{path} has {size} bytes and should have {told['size']}")
        # A private mapping that may be written to, and never is: the kernels are compiled for such arrays only.
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    if hasattr(mmap, "MADV_RANDOM"):
        content.madvise(mmap.MADV_RANDOM)
    return Saved(told["about"], {one["name"]: _array(content, one) for one in told["arrays"]})


def check(path: Path) -> None:
    """Read all of an index and compare it with what was written. Raises a `BadIndex`, or `OSError`."""
    read(path)
    with Path(path).open("rb") as file:
        _, _, length, _ = _HEAD.unpack(file.read(_HEAD.size))
        told = json.loads(file.read(length))
        for one in told["arrays"]:
            file.seek(one["place"])
            if _digest_of(file, one["bytes"]) != one["sha256"]:
                raise Damaged(f"{one['name']} in {path} is damaged")


def _write(file: Any, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    told = [
        {
            "name": name,
            "type": array.dtype.str,
            "shape": array.shape,
            "bytes": array.nbytes,
            "sha256": hashlib.sha256(_bytes(array)).hexdigest(),
            "place": 0,
        }
        for name, array in arrays.items()
    ]
    # Places depend on the description's length, which depends on the places: leave room for the longest.
    first = _aligned(_HEAD.size + len(_json(about, told, 0)) + 24 * (len(told) + 1))
    place = first
    for one in told:
        one["place"] = place
        place = _aligned(place + int(str(one["bytes"])))
    size = int(str(told[-1]["place"])) + int(str(told[-1]["bytes"])) if told else first
    description = _json(about, told, size)
    file.write(_HEAD.pack(MAGIC, VERSION, len(description), hashlib.sha256(description).digest()))
    file.write(description)
    for one, array in zip(told, arrays.values(), strict=True):
        file.write(bytes(int(str(one["place"])) - file.tell()))
        file.write(_bytes(array))
    file.write(bytes(size - file.tell()))


def _clear_away(path: Path, mine: Path) -> None:
    """Remove what killed processes left of this index: unfinished files that nobody holds locked."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.unfinished"):
        if left == mine:
            continue
        with contextlib.suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _json(about: Mapping[str, Any], arrays: list[dict[str, Any]], size: int) -> bytes:
    return json.dumps({"about": about, "size": size, "arrays": arrays}).encode()


def _bytes(array: Array) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _aligned(place: int) -> int:
    return -(-place // ALIGN) * ALIGN


def _array(content: mmap.mmap, one: Mapping[str, Any]) -> Array:
    count = math.prod(one["shape"])
    if not count:
        return np.zeros(one["shape"], one["type"])
    return np.frombuffer(content, one["type"], count, one["place"]).reshape(one["shape"])


def _digest_of(file: Any, size: int) -> str:
    digest = hashlib.sha256()
    while size:
        piece = file.read(min(size, 1 << 20))
        if not piece:
            break
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()


def _little_endian() -> None:
    if sys.byteorder != "little":
        raise OSError("indexes are saved and opened on little-endian machines only")
