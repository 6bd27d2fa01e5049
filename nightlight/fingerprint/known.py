"""What is known: the entries of some lists, ready to be looked up by PDQ and by digest, in memory or in a saved index.

Each entry has a number: its line and its list where the list names no ids, so that an answer needs no table to say
them; a running one where the list names them. All fingerprints of one item share its number.
"""

import json
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nightlight.fingerprint import bare, saved
from nightlight.fingerprint.codes import from_hex
from nightlight.fingerprint.exact import Exact
from nightlight.fingerprint.index import Index
from nightlight.fingerprint.listed import BadLine, Kind, LeftOut, Listed
from nightlight.fingerprint.lists import read_all

LIST_BITS = 40
NAMED = 1 << 39  # numbers with this bit are of entries with names of their own
_ABOUT = 2**64 - 1  # the index keeps what is said of the whole as the label of this id
_BATCH = 100_000

Problem = Callable[[int, BadLine], None]


class NoSuchList(ValueError):
    """A saved index that was not made by `index build`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an answer says of an entry: its name, or its line from 0; its label; its list where there are several."""

    id: str | int
    label: str
    source: str | None


@dataclass(slots=True)
class Known:
    """Entries to look up. `sources` are the lists they come from, `left_out` what these hold beside, by reason."""

    index: Index
    exact: Exact
    sources: tuple[str, ...]
    entries: int
    left_out: Counter[str] = field(default_factory=Counter)

    def entry(self, number: int) -> Entry:
        """The entry with a number."""
        ours = bool(self.sources)  # made by `load`: its numbers say whether there is a name
        name = self.index.name(number) if number & NAMED or not ours else None
        source = self.sources[number >> LIST_BITS] if len(self.sources) > 1 else None
        return Entry(number & (NAMED - 1) if name is None else name, self.index.labels(number), source)

    def save(self, path: Path) -> None:
        """Writes all of it beside `path`: the index, and a file `.exact` with the digests if there are any.

        The digests go first and the index names them, so that an index is never opened with those of another.
        """
        about: dict[str, Any] = {"sources": self.sources, "entries": self.entries, "exact": None}
        if len(self.exact):
            about["exact"] = self.exact.save(exact_path(path))
        self.index.label(_ABOUT, json.dumps(about))
        self.index.save(path)

    @classmethod
    def open(cls, path: Path) -> "Known":
        """Maps a saved index. Raises `saved.BadIndex`, OSError."""
        index = Index.open(path)
        try:
            about = json.loads(index.labels(_ABOUT) or '{"sources": [], "entries": null, "exact": null}')
        except ValueError as error:
            raise saved.Damaged(f"what {path} says of itself can't be read: build it anew") from error
        exact = Exact.open(exact_path(path), about["exact"]) if about["exact"] else Exact({})
        entries = len(index) if about["entries"] is None else about["entries"]
        return cls(index, exact, tuple(about["sources"]), entries)


def load(paths: Sequence[Path], problem: Problem, *, only: frozenset[Kind] = frozenset(Kind)) -> Known:
    """Reads lists. Each line that can't be read is told to `problem` with the number of its list; kinds other than
    `only` are left out. Raises OSError."""
    if Kind.PDQ in only and len(paths) == 1 and (codes := bare.codes_of(paths[0])) is not None:
        return Known(Index.build(codes), Exact({}), (str(paths[0]),), len(codes))
    reading = _Reading(only)
    for source, answer in read_all(paths):
        if isinstance(answer, Listed):
            reading.take(source, answer)
        elif isinstance(answer, LeftOut):
            reading.left_out[answer.reason] += 1
        else:
            problem(source, answer)
    return reading.done(tuple(map(str, paths)))


class _Reading:
    """Entries on their way into an index."""

    def __init__(self, only: frozenset[Kind]) -> None:
        self.left_out: Counter[str] = Counter()
        self._only = only
        self._hashes: list[str] = []
        self._codes: list[Any] = []
        self._numbers = array("Q")
        self._digests: list[tuple[Kind, str, int]] = []
        self._names: dict[int, str] = {}
        self._labels: dict[int, str] = {}
        self._last: tuple[int, int, str | None, str] = (-1, -1, None, "")
        self._number = -1
        self._named = 0
        self._count = 0

    def take(self, source: int, entry: Listed) -> None:
        """Adds an entry of a list, or counts it as left out."""
        if entry.kind not in self._only:
            self.left_out[f"a hash of type '{entry.kind}', which is not believed here"] += 1
            return
        number = self._number_of(source, entry)
        if entry.kind is Kind.PDQ:
            self._hashes.append(entry.value)
            self._numbers.append(number)
            if len(self._hashes) == _BATCH:
                self._codes.append(from_hex(self._hashes))
                self._hashes = []
        else:
            self._digests.append((entry.kind, entry.value, number))
        if entry.label:
            self._labels[number] = entry.label

    def _number_of(self, source: int, entry: Listed) -> int:
        item = (source, entry.line, entry.id, entry.member)
        if item != self._last:
            self._last = item
            self._count += 1
            if entry.id is None:
                self._number = source << LIST_BITS | entry.line
            else:
                self._number = source << LIST_BITS | NAMED | self._named
                self._named += 1
                self._names[self._number] = entry.id
        return self._number

    def done(self, sources: tuple[str, ...]) -> Known:
        codes = np.concatenate([*self._codes, from_hex(self._hashes)])
        numbers = np.frombuffer(self._numbers, np.uint64) if self._numbers else np.zeros(0, np.uint64)
        plain = bool((numbers == np.arange(len(numbers), dtype=np.uint64)).all())
        index = Index.build(codes, None if plain else numbers)  # positions take no memory
        index.name_all(self._names)
        index.label_all(self._labels)
        return Known(index, Exact.of(self._digests), sources, self._count, self.left_out)


def exact_path(path: Path) -> Path:
    """Where the digests of an index are."""
    return path.with_name(f"{path.name}.exact")
