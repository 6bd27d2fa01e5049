"""Which entries have a cryptographic digest: sorted columns of digests, in memory or mapped from a file."""

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nightlight.fingerprint import saved
from nightlight.fingerprint.listed import DIGITS, Kind

KINDS = (Kind.SHA256, Kind.SHA1, Kind.MD5)  # the strongest first
_KEY_BYTES = 8

Column = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8], npt.NDArray[np.uint64]]


class Exact:
    """For each kind of digest three columns, sorted: the first 8 bytes as a number, the digest, the entry's number."""

    def __init__(self, columns: dict[Kind, Column]) -> None:
        self._columns = columns

    @classmethod
    def of(cls, digests: Iterable[tuple[Kind, str, int]]) -> "Exact":
        """From kinds, hex values and numbers of entries, in any order."""
        rows: dict[Kind, tuple[list[str], list[int]]] = {kind: ([], []) for kind in KINDS}
        for kind, value, number in digests:
            rows[kind][0].append(value)
            rows[kind][1].append(number)
        return cls({kind: _column(kind, *found) for kind, found in rows.items() if found[0]})

    def __len__(self) -> int:
        return sum(len(keys) for keys, _, _ in self._columns.values())

    def find(self, kind: Kind, value: str) -> list[int]:
        """The numbers of the entries with this digest, in lower-case hex; each once."""
        if kind not in self._columns:
            return []
        keys, digests, numbers = self._columns[kind]
        wanted = np.frombuffer(bytes.fromhex(value), np.uint8)
        key = np.uint64(int.from_bytes(wanted[:_KEY_BYTES].tobytes()))
        first, last = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
        same = (digests[first:last] == wanted).all(axis=1)
        return sorted({int(number) for number in numbers[first:last][same]})

    def save(self, path: Path) -> str:
        """Writes the columns, whole or not at all, and returns the mark that the file can be known by."""
        mark = secrets.token_hex(16)
        arrays: dict[str, Any] = {
            f"{kind}.{part}": column
            for kind, columns in self._columns.items()
            for part, column in enumerate(columns)
        }
        saved.write(path, {"exact": mark}, arrays)
        return mark

    @classmethod
    def open(cls, path: Path, mark: str) -> "Exact":
        """Maps what was saved. Raises `saved.BadIndex` if it is not the file with that mark, or OSError."""
        found = saved.read(path)
        if found.about.get("exact") != mark:
            raise saved.Damaged(f"{path} belongs to another index: build both anew")
        kinds = {Kind(name.partition(".")[0]) for name in found.arrays}
        return cls({kind: _mapped(kind, found.arrays) for kind in kinds})


def _column(kind: Kind, values: list[str], numbers: list[int]) -> Column:
    digests = np.frombuffer(bytes.fromhex("".join(values)), np.uint8).reshape(-1, DIGITS[kind] // 2)
    keys = np.ascontiguousarray(digests[:, :_KEY_BYTES]).view(">u8")[:, 0].astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    return keys[order], digests[order], np.array(numbers, np.uint64)[order]


def _mapped(kind: Kind, arrays: dict[str, Any]) -> Column:
    return arrays[f"{kind}.0"], arrays[f"{kind}.1"], arrays[f"{kind}.2"]
