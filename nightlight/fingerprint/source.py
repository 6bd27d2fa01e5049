"""Opening what people hand us: a regular file with bytes in it, and no more of them than allowed."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from nightlight.fingerprint.errors import Empty, TooLarge, Unreadable

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def opened(path: Path) -> BinaryIO:
    """The regular, not empty file at `path`, open for reading. The caller closes it.

    Raises Unreadable (missing, forbidden, or a folder, pipe, socket or device) or Empty. Never waits for a pipe.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise Unreadable(_why(error)) from error
    try:
        found = os.fstat(number)
        for holds, name in _KINDS:
            if holds(found.st_mode):
                raise Unreadable(f"it is {name}, not a file")
        if found.st_size == 0:
            raise Empty("the file has no bytes")
        return os.fdopen(number, "rb")
    except BaseException:
        os.close(number)
        raise


def content(data: bytes | Path, most: int) -> bytes:
    """The bytes, at most `most` of them. Raises TooLarge, Empty, Unreadable."""
    if isinstance(data, Path):
        with opened(data) as file:
            try:
                data = file.read(most + 1)
            except OSError as error:
                raise Unreadable(_why(error)) from error
    if not data:
        raise Empty("there are no bytes")
    if len(data) > most:
        raise TooLarge(f"the file has more than {most} bytes")
    return data


def _why(error: OSError | ValueError) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"it can't be opened: {reason.lower()}"
