"""The index: codes by id, searched exactly, added to and removed from at any time, saved and opened by mapping.

Used most: `Index.add`, `Index.search`, `Index.open`.

What is searched is a `State`, a value: a search takes the one that stands when it begins, without a lock, and later
writes make other states. Rows go to a small open level, compared one by one, and from there to sorted levels, which a
thread of its own sorts together when `tiers.due` says so; searches never wait for it.
"""

import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from nightlight.fingerprint import brute, hits_kernels, ring, saved, tiers
from nightlight.fingerprint.codes import Codes, checked
from nightlight.fingerprint.levels import Ids, Level, Open, Tags, merged, sorted_level
from nightlight.fingerprint.ring import REACH, Order, Ring, in_threads
from nightlight.fingerprint.texts import Column, Texts

CAPACITY = 8192  # rows of the open level: two microseconds by brute force
MOST_LEVELS = 48  # a writer that outruns the sorting waits for it here

_IDS_ARE = "ids are whole numbers from 0 to 2**64 - 1"


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, sorted by (query, distance, id): four arrays of one length.

    `query` is the position among the queries; each (query, id, tag) is there once, with its least distance.
    """

    query: npt.NDArray[np.int64]
    id: Ids
    distance: npt.NDArray[np.uint8]
    tag: Tags

    def __len__(self) -> int:
        return len(self.query)


NO_HITS = Hits(np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.uint8), np.zeros(0, np.uint16))


@dataclass(frozen=True, slots=True)
class State:
    """All of an index after `writes` writes: its full levels and the open one."""

    full: tuple[Level, ...]
    open: Level
    writes: int = 0

    @property
    def levels(self) -> tuple[Level, ...]:
        """All levels that hold rows."""
        return (*self.full, self.open) if self.open.n else self.full

    @property
    def alive(self) -> int:
        """How many rows are not removed."""
        return sum(level.alive for level in self.levels)


class Snapshot:
    """An index as it was at one moment; later writes do not touch it. Any number of threads may search it."""

    def __init__(self, order: Order, state: State, labels: Texts, names: Texts) -> None:
        self._order, self._state, self._labels, self._names = order, state, labels, names

    @property
    def writes(self) -> int:
        """How many writes it has seen."""
        return self._state.writes

    def __len__(self) -> int:
        return self._state.alive

    def search(self, codes: Codes, radius: int = REACH, threads: int = 1) -> Hits:
        """Find every row within `radius` bits (0 to 255) of each code, shape ``(n, 4)`` or ``(4,)``.

        Up to radius 31 through the sorted levels, beyond it by comparing all rows; exact either way.
        Raises `ValueError` for codes or a radius that are none.
        """
        return _search(self._order, self._state, codes, radius, threads)

    def labels(self, identity: int) -> str:
        """Give the label of an id, empty if it has none."""
        return self._labels.read(int(identity), self._state.writes) or ""

    def name(self, identity: int) -> str | None:
        """Give the name that a list has for an id, or None."""
        return self._names.read(int(identity), self._state.writes)


class Index:
    """Rows of an id (``uint64``), a code and a tag (``uint16``, 0: as is). Many threads may search while one writes.

    `seed` orders the bits; take one that nobody outside knows. An id may have any number of rows.
    """

    def __init__(self, seed: int = 0, *, capacity: int = CAPACITY) -> None:
        self.seed = seed
        self._order = Order(seed)
        self._capacity = capacity
        self._labels, self._names = Texts(), Texts()
        self._lock = threading.RLock()
        self._settled = threading.Condition(self._lock)
        self._sorting: threading.Thread | None = None
        self._trouble: BaseException | None = None
        self._snapshots: weakref.WeakSet[Snapshot] = weakref.WeakSet()
        self._keys = 0
        self._state = State((), self._new_open())

    @classmethod
    def build(
        cls, codes: Codes, ids: Any = None, tags: Any = None, *, seed: int = 0, threads: int = 2
    ) -> "Index":
        """Sort many codes at once; without `ids`, the ids are their positions, which takes no memory."""
        index = cls(seed)
        codes = index._order.apply(checked(codes), threads)
        column = 0 if ids is None else _ids(ids, len(codes))
        if len(codes):
            level = sorted_level(index._key(), codes, column, _tags(tags, len(codes)), threads)
            index._publish(full=(level,))
        return index

    def __len__(self) -> int:
        return self._state.alive

    @property
    def nbytes(self) -> int:
        """The bytes of its levels, mapped ones too."""
        return sum(level.nbytes for level in self._state.levels)

    @property
    def writes(self) -> int:
        """How many writes it has seen."""
        return self._state.writes

    def search(self, codes: Codes, radius: int = REACH, threads: int = 1) -> Hits:
        """Find as `Snapshot.search` does, in the index as it stands when the search begins."""
        return _search(self._order, self._state, codes, radius, threads)

    def snapshot(self) -> Snapshot:
        """Give the index as it is now, for as long as it is held."""
        with self._lock:
            taken = Snapshot(self._order, self._state, self._labels, self._names)
            self._snapshots.add(taken)
            return taken

    def add(self, ids: Any, codes: Codes, tags: Any = None, threads: int = 1) -> None:
        """Add rows; a search that begins after this returns finds them. All of them become visible at once.

        Raises `ValueError` if the lengths differ or a value does not fit; then nothing was added.
        """
        codes = checked(codes)
        ids, tags = _ids(ids, len(codes)), _tags(tags, len(codes))
        codes = self._order.apply(codes, threads)
        if len(self._state.full) >= MOST_LEVELS:
            self.settle()
        if len(codes) >= self._capacity:
            with self._lock:
                key = self._key()
            level = sorted_level(key, codes, ids, tags, threads)
            with self._lock:
                self._publish(full=(*self._state.full, level))
        elif len(codes):
            with self._lock:
                self._append(codes, ids, np.zeros(len(codes), np.uint16) if tags is None else tags)

    def remove(self, ids: Any) -> int:
        """Remove all rows of some ids, with their labels and names, at once. Returns how many rows they were."""
        wanted = np.unique(_ids(ids, None))
        if not len(wanted):
            return 0
        with self._lock:
            before = self._state
            full = tuple(level.without(level.rows_of(wanted)) for level in before.full)
            newest = before.open.without(before.open.rows_of(wanted))
            number, oldest = before.writes + 1, self._oldest(before.writes + 1)
            for texts in (self._labels, self._names):
                for identity in texts.written_about(wanted):
                    texts.write(identity, None, number, oldest)
            self._publish(full=full, newest=newest)
            return before.alive - self._state.alive

    def label(self, identity: int, text: str) -> None:
        """Label an id: a short text that its hits are told with, such as a category."""
        self._write(self._labels, {identity: text})

    def labels(self, identity: int) -> str:
        """Give the label of an id, empty if it has none."""
        return self._labels.read(int(identity), self._state.writes) or ""

    def name(self, identity: int) -> str | None:
        """Give the name that a list has for an id, or None."""
        return self._names.read(int(identity), self._state.writes)

    def name_all(self, names: Mapping[int, str]) -> None:
        """Write down the names that a list has for ids."""
        self._write(self._names, names)

    def label_all(self, labels: Mapping[int, str]) -> None:
        """Label many ids at once."""
        self._write(self._labels, labels)

    def save(self, path: Path | str) -> None:
        """Write the index as it stands into a file, whole or not at all. Raises `OSError` as the disk does."""
        snapshot = self.snapshot()
        levels = [level for level in snapshot._state.levels if level.alive]
        arrays: dict[str, Any] = {}
        about = {
            "seed": self.seed,
            "alive": len(snapshot),
            "levels": [_describe(str(number), level, arrays) for number, level in enumerate(levels)],
        }
        for name, texts in (("labels", self._labels), ("names", self._names)):
            column = Column.of(dict(texts.items(snapshot.writes)))
            arrays |= {f"{name}.{part}": getattr(column, part) for part in Column.__slots__}
        saved.write(Path(path), about, arrays)

    @classmethod
    def open(cls, path: Path | str, *, capacity: int = CAPACITY) -> "Index":
        """Map a saved index; it can be added to and removed from, and the file stays as it is until saved over.

        Raises a `saved.BadIndex` for a file that is not a whole index of this version, or `OSError`.
        """
        found = saved.read(Path(path))
        index = cls(found.about["seed"], capacity=capacity)
        columns = [
            Column(*(found.arrays[f"{name}.{part}"] for part in Column.__slots__))
            for name in ("labels", "names")
        ]
        index._labels, index._names = (Texts(column) for column in columns)
        full = tuple(_restored(index._key(), one, found.arrays) for one in found.about["levels"])
        index._state = State(full, index._state.open)
        return index

    def settle(self) -> None:
        """Wait until no levels are being sorted together. Raises what the sorting raised."""
        with self._settled:
            self._tidy()
            while self._sorting is not None:
                self._settled.wait()
            trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble

    def _write(self, texts: Texts, all_texts: Mapping[int, str]) -> None:
        listed = _ids(list(all_texts), None).tolist()
        with self._lock:
            number = self._state.writes + 1
            oldest = self._oldest(number)
            for identity, text in zip(listed, all_texts.values(), strict=True):
                texts.write(identity, text, number, oldest)
            self._publish()

    def _append(self, codes: Codes, ids: Ids, tags: Tags) -> None:
        """Fill the open level, and new ones behind it, then show all of it at once."""
        full, newest, done = self._state.full, self._state.open, 0
        while done < len(codes):
            room = cast(Open, newest.rows)
            take = min(room.capacity - newest.n, len(codes) - done)
            part = slice(done, done + take)
            room.append(newest.n, codes[part], ids[part], tags[part])
            newest = replace(newest, n=newest.n + take)
            done += take
            if newest.n == room.capacity:
                full, newest = (*full, newest), self._new_open()
        self._publish(full=full, newest=newest)

    def _publish(self, *, full: tuple[Level, ...] | None = None, newest: Level | None = None) -> None:
        before = self._state
        self._state = State(
            before.full if full is None else full,
            before.open if newest is None else newest,
            before.writes + 1,
        )
        if full is not None:
            self._tidy()

    def _oldest(self, number: int) -> int:
        return min((taken.writes for taken in self._snapshots), default=number)

    def _key(self) -> int:
        self._keys += 1
        return self._keys

    def _new_open(self) -> Level:
        room = Open(self._capacity)
        return Level(self._key(), room, 0, ids=room.ids, tags=room.tags)

    def _tidy(self) -> None:
        """Start sorting levels together if some are due and nobody does it yet. The lock is held."""
        if self._sorting is None and tiers.due(self._state.full, self._capacity):
            self._sorting = threading.Thread(target=self._sort, name="index-levels", daemon=True)
            self._sorting.start()

    def _sort(self) -> None:
        try:
            while True:
                with self._lock:
                    sources = tiers.due(self._state.full, self._capacity)
                    if not sources:
                        break
                    key = self._key()
                level, kept = merged(key, sources)
                with self._lock:
                    self._replace(sources, level, kept)
        except (
            BaseException
        ) as error:  # kept for whoever asks: the levels stand as they were, only not sorted
            self._trouble = error
        finally:
            with self._settled:
                self._sorting = None
                self._settled.notify_all()

    def _replace(self, sources: list[Level], level: Level, kept: list[npt.NDArray[np.int64]]) -> None:
        """Put a sorted level in place of its sources, with the rows dead that were removed since."""
        now = {one.key: one for one in self._state.full}
        start = 0
        for source, rows in zip(sources, kept, strict=True):
            current = now.pop(source.key)
            if current.buried > source.buried:
                still = np.isin(rows, current.alive_rows(), assume_unique=True)
                level = level.without(np.flatnonzero(~still) + start)
            start += len(rows)
        full = (*now.values(), level) if level.n else tuple(now.values())
        self._state = replace(self._state, full=full)


def _search(order: Order, state: State, codes: Codes, radius: int, threads: int) -> Hits:
    radius = brute.checked_radius(radius)
    queries = order.apply(checked(codes))
    if threads <= 1 or len(queries) <= 1:
        return _search_part(state, queries, 0, len(queries), radius)
    bounds = ring.parts(len(queries), threads)

    def part(number: int) -> Hits:
        return _search_part(state, queries, bounds[number], bounds[number + 1], radius)

    parts = [hits for hits in in_threads(part, range(len(bounds) - 1), threads) if len(hits)]
    if len(parts) < 2:
        return parts[0] if parts else NO_HITS
    return Hits(*(np.concatenate([getattr(hits, name) for hits in parts]) for name in Hits.__slots__))


def _search_part(state: State, queries: Codes, lo: int, hi: int, radius: int) -> Hits:
    found: list[tuple[Any, Any, Any, Any]] = []
    for level in state.levels:
        if level.alive:
            query, rows, apart = level.rows.search(queries, lo, hi, radius, level.n, level.dead)
            if len(query):
                found.append((query, level.ids_of(rows), apart, level.tags_of(rows)))
    if not found:
        return NO_HITS
    query, ids, apart, tags = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
    if len(query) == 1:
        return Hits(query, ids, apart, tags)
    kept = hits_kernels.sort_hits(query, ids, apart, tags, len(queries))
    return Hits(query[kept], ids[kept], apart[kept], tags[kept])


def _describe(name: str, level: Level, arrays: dict[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = {"n": level.n, "first": level.first, "buried": level.buried}
    columns: dict[str, Any] = {"codes": level.rows.all_codes(level.n), "dead": level.dead}
    if isinstance(level.rows, Ring):
        about["width"] = level.rows.width
        columns |= {part: getattr(level.rows, part) for part in ("starts", "rows", "sketches")}
    columns |= {
        part: column[: level.n] for part in ("ids", "tags") if (column := getattr(level, part)) is not None
    }
    arrays |= {f"{name}.{part}": column for part, column in columns.items()}
    return {"name": name, "parts": sorted(columns), **about}


def _restored(key: int, about: Mapping[str, Any], arrays: Mapping[str, Any]) -> Level:
    parts = {part: arrays[f"{about['name']}.{part}"] for part in about["parts"]}
    rows: Ring | Open
    if "width" in about:
        rows = Ring(parts["codes"], parts["starts"], parts["rows"], parts["sketches"], about["width"])
        if not rows.is_sound():
            raise saved.Damaged("the tables of the index are damaged")
    else:
        rows = Open(len(parts["codes"]))
        rows.append(0, parts["codes"], parts["ids"], parts["tags"])
    return Level(
        key,
        rows,
        about["n"],
        about["first"],
        parts.get("ids"),
        parts.get("tags"),
        parts["dead"],
        about["buried"],
    )


def _ids(ids: Any, length: int | None) -> Ids:
    """Give ids as a ``uint64`` array; whole numbers of any kind will do, as long as each fits."""
    if isinstance(ids, int | np.integer):
        ids = [int(ids)]
    if not isinstance(ids, np.ndarray):
        ids = np.array(list(map(_whole, ids)), np.uint64)
    if ids.dtype.kind not in "ui" or ids.ndim != 1 or (ids.size and ids.min() < 0):
        raise ValueError(f"{_IDS_ARE}, in one row")
    if length is not None and len(ids) != length:
        raise ValueError(f"{len(ids)} ids for {length} codes")
    return np.ascontiguousarray(ids, np.uint64)


def _whole(one: Any) -> int:
    if isinstance(one, int | np.integer) and 0 <= one < 2**64:
        return int(one)
    raise ValueError(_IDS_ARE)


def _tags(tags: Any, length: int) -> Tags | None:
    if tags is None or not length:
        return None
    found = np.asarray(tags)
    if (
        found.shape != (length,)
        or found.dtype.kind not in "ui"
        or not 0 <= found.min() <= found.max() < 65536
    ):
        raise ValueError(f"tags are {length} whole numbers from 0 to 65535")
    return np.ascontiguousarray(found, np.uint16)
