"""An examiner that does what hostile files do, by the word that the file begins with."""

import os
import socket
import time
from pathlib import Path
from typing import Any

from nightlight.fingerprint.errors import Truncated


def warm_up() -> None:
    """Nothing to load."""


def examine(data: bytes, *, grid: str | None, looks: bool) -> dict[str, Any]:
    """`picture` gives a fingerprint; each other word an attack."""
    word = data.split(b" ")[0].decode()
    return {"kind": "image", "width": 8, "height": 8, "pdq": "0f" * 32, "quality": 90, **_DO[word](data)}


def _spin(_: bytes) -> dict[str, Any]:
    while True:
        pass


def _hoard(_: bytes) -> dict[str, Any]:
    return {"size": len(bytearray(1024**3))}


def _segfault(_: bytes) -> dict[str, Any]:
    import ctypes

    ctypes.string_at(0)
    return {}


def _linger(data: bytes) -> dict[str, Any]:
    """A child of the child that would keep the pipe open for ever."""
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)


def _broken(_: bytes) -> dict[str, Any]:
    raise Truncated("it ends in the middle")


def _look_around(_: bytes) -> dict[str, Any]:
    """Says through the numbers of its answer what it could reach."""
    reached = 0
    for bit, attempt in enumerate(
        (
            lambda: Path("/etc/passwd").read_bytes(),
            lambda: Path("/var/nightlight-hostile").write_bytes(b"x" * 10),
            lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
            lambda: os.environ["NIGHTLIGHT_EMAIL_URL"],
        )
    ):
        try:
            attempt()
        except ConnectionRefusedError:  # it was let out, only nobody answered
            reached |= 1 << bit
        except (OSError, KeyError):
            continue
        else:
            reached |= 1 << bit
    descriptors = [int(name) for name in ("3", "4", "5", "6", "7", "8") if _is_open(int(name))]
    return {"width": reached, "height": len(descriptors)}


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


_DO: dict[str, Any] = {
    "picture": lambda _: {},
    "spin": _spin,
    "hoard": _hoard,
    "segfault": _segfault,
    "linger": _linger,
    "broken": _broken,
    "look_around": _look_around,
    "lie": lambda _: {"pdq": "not a hash"},
    "flood": lambda _: {"pdq": "0" * (20 * 1024 * 1024)},
    "quiet": lambda _: os._exit(0),
    "size": lambda data: {"width": len(data)},
}
