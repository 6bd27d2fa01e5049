"""PDQ hashes as arrays: 256 bits as four 64-bit words, so that many are compared at once.

A code is the 32 bytes that the 64 lower-case hex digits write, in their order, seen as four native ``uint64``.

>>> codes = from_hex(["f" * 64, "0" * 63 + "1"])
>>> codes.shape, to_hex(codes)[1][-4:], distance(codes[0], codes[1]).item()
((2, 4), '0001', 255)
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

BITS = 256
WORDS = 4
HEX_DIGITS = 64

Codes = npt.NDArray[np.uint64]

_HEX = re.compile(r"[0-9a-f]{64}")


class BadHash(ValueError):
    """A text that is no PDQ hash; `position` says which, counted from 0."""

    def __init__(self, position: int, text: object) -> None:
        super().__init__(f"number {position} is no PDQ hash of 64 lower-case hex digits: {str(text)[:80]!r}")
        self.position = position


def from_hex(texts: Sequence[str]) -> Codes:
    """Read hashes of 64 lower-case hex digits into codes, shape ``(len(texts), 4)``, ``uint64``.

    Raises `BadHash`, which names the first position that is none.
    """
    for position, text in enumerate(texts):
        if not isinstance(text, str) or not _HEX.fullmatch(text):
            raise BadHash(position, text)
    raw = bytearray(bytes.fromhex("".join(texts)))
    return np.frombuffer(raw, np.uint64).reshape(-1, WORDS)


def to_hex(codes: Codes) -> list[str]:
    """Write codes, shape ``(n, 4)``, as n texts of 64 lower-case hex digits."""
    digits = np.ascontiguousarray(codes, np.uint64).tobytes().hex()
    return [digits[start : start + HEX_DIGITS] for start in range(0, len(digits), HEX_DIGITS)]


def distance(a: Codes, b: Codes) -> Any:
    """Count the bits in which codes differ, 0 to 256, ``int64``; broadcasts over all but the last axis."""
    return np.bitwise_count(np.bitwise_xor(a, b)).sum(axis=-1, dtype=np.int64)


def checked(codes: Any) -> Codes:
    """Give codes back as a contiguous ``uint64`` array of shape ``(n, 4)``; one code alone becomes a row.

    Raises `ValueError` for anything else: a wrong type would match nothing and look like an answer.
    """
    found = np.asarray(codes)
    if found.shape == (WORDS,):
        found = found.reshape(1, WORDS)
    if found.dtype == np.uint64 and found.ndim == 2 and found.shape[1] == WORDS:
        return found if found.flags.c_contiguous else np.ascontiguousarray(found)
    if found.size == 0 and found.ndim <= 2:
        return np.zeros((0, WORDS), np.uint64)
    raise ValueError(f"codes are uint64 of shape (n, 4), not {found.dtype} of shape {found.shape}")
