"""One sorted level of the index: all codes within a radius of at most 31 bits, exactly, without comparing them all.

Cut 256 bits into 16 chunks of 16, in a ring. If two codes differ in at most r bits, then some chunk i and its
follower satisfy both ``d(i) <= r // 16`` and ``d(i) + d(i + 1) <= 2 * r // 16``: the pigeonring principle (Qin and
Xiao, "Pigeonring: a principle for faster thresholded similarity search", VLDB 2018). For r = 31 that is at most 1
and at most 3. So each of 16 tables holds all rows sorted by one chunk, and beside each row the next chunk as a
sketch. A query reads its own bucket and, from r = 16 on, the 16 buckets one bit away, 32 sketches an instruction;
about one row in 100,000 is then compared in full.

Arrays of a level of n rows: ``codes (n, 4) uint64``, ``starts (16, 65537) uint32``, ``rows (16, w*n + pad) uint8``
(row numbers of w = 3 bytes, 4 from 2**24 rows on) and ``sketches (16, n + pad) uint16``: 112 bytes a row.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nightlight.fingerprint import brute_kernels, ring_kernels
from nightlight.fingerprint.codes import BITS, Codes

REACH = 31
CHUNKS = 16
MOST_ROWS = 2**32 - 64
THREE_BYTES = 2**24
_PAD = 64  # the kernels read 32 sketches and 4 bytes at a time, past the last one too


def thresholds(radius: int) -> tuple[int, int]:
    """Give the most errors in a table's own chunk, and in it and the next together, for a radius of 0 to 31."""
    return radius // CHUNKS, 2 * radius // CHUNKS


@dataclass(frozen=True, slots=True)
class Ring:
    """A level that never changes. `codes` have their bits in the index's own order."""

    codes: Codes
    starts: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.uint8]
    sketches: npt.NDArray[np.uint16]
    width: int

    @property
    def nbytes(self) -> int:
        """The bytes of all its arrays."""
        return self.codes.nbytes + self.starts.nbytes + self.rows.nbytes + self.sketches.nbytes

    @property
    def capacity(self) -> int:
        """How many rows it holds: it is always full."""
        return len(self.codes)

    def search(
        self, queries: Codes, lo: int, hi: int, radius: int, n: int, dead: npt.NDArray[np.uint8]
    ) -> tuple[Any, Any, Any]:
        """Find the rows within `radius` of queries lo..hi that are not dead: (query, row, distance), by query."""
        if radius > REACH:
            return brute_kernels.brute_rows(self.codes, dead, queries, lo, hi, radius)  # type: ignore[no-any-return]
        first, pair = thresholds(radius)
        return ring_kernels.search_ring(  # type: ignore[no-any-return]
            self.codes, self.starts, self.rows, self.width, self.sketches, dead, queries, lo, hi,
            radius, first, pair,
        )  # fmt: skip

    def is_sound(self) -> bool:
        """Say whether its bounds lead nowhere outside of its arrays, as those of a damaged file might."""
        return all(ring_kernels.is_sound(starts, len(self.codes)) for starts in self.starts)

    def all_codes(self, n: int) -> Codes:
        """Give the codes of the first `n` rows."""
        return self.codes[:n]


def build(codes: Codes, threads: int = 1) -> Ring:
    """Sort codes, shape ``(n, 4)``, into a level, its tables shared out among threads.

    The codes are kept, not copied. Raises `ValueError` beyond 2**32 rows.
    """
    n = len(codes)
    if n > MOST_ROWS:
        raise ValueError(f"a level holds at most {MOST_ROWS} rows")
    width = 3 if n < THREE_BYTES else 4
    starts = np.empty((CHUNKS, ring_kernels.VALUES + 1), np.uint32)
    rows = np.empty((CHUNKS, n * width + _PAD), np.uint8)
    sketches = np.empty((CHUNKS, n + _PAD), np.uint16)
    sketches[:, n:] = 0
    rows[:, n * width :] = 0
    chunks = codes.view(np.uint16)

    counts = np.zeros((CHUNKS, 256), np.int64)
    ring_kernels.count_high(chunks, counts)

    def fill(part: int) -> None:
        spare = np.empty(n, np.int64)
        for table in range(bounds[part], bounds[part + 1]):
            ring_kernels.fill_table(
                chunks, table, counts[table], spare, width, starts[table], rows[table], sketches[table]
            )

    bounds = parts(CHUNKS, max(1, threads))
    in_threads(fill, range(len(bounds) - 1), threads)
    return Ring(codes, starts, rows, sketches, width)


def in_threads(work: Any, parts: Any, threads: int) -> list[Any]:
    """Do work for each part, at most `threads` at a time, and give the results in order."""
    parts = list(parts)
    if threads <= 1 or len(parts) <= 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(min(threads, len(parts))) as pool:
        return list(pool.map(work, parts))


def parts(count: int, threads: int) -> list[int]:
    """Give the bounds of at most `threads` parts of about the same size."""
    share = max(1, -(-count // threads))
    return [*range(0, count, share), count]


class Order:
    """A seeded order of the 256 bits: lists whose first bits look alike spread over the buckets, and nobody can aim."""

    def __init__(self, seed: int) -> None:
        # NEP 19 keeps the stream of a bit generator, not what a Generator makes of it: so sort its raw numbers.
        self._of = np.argsort(np.random.PCG64(seed).random_raw(BITS), kind="stable")
        self._places = _places(self._of)
        self._back = _places(np.argsort(self._of, kind="stable"))

    def apply(self, codes: Codes, threads: int = 1) -> Codes:
        """Give codes in the index's order, as a new array."""
        return _reordered(codes, self._places, threads)

    def undo(self, codes: Codes) -> Codes:
        """Give codes back as they were."""
        return _reordered(codes, self._back, 1)


def _places(order: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Tabulate, for each byte of a code and each value, the code with only its bits, moved: ``(32, 256, 4)``."""
    values = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    spread = np.zeros((32, 256, BITS), np.uint8)
    for byte in range(32):
        spread[byte][:, order[8 * byte : 8 * byte + 8]] = values
    packed = np.packbits(spread, axis=2)
    return np.ascontiguousarray(packed).view(np.uint64)


def _reordered(codes: Codes, places: npt.NDArray[np.uint64], threads: int) -> Codes:
    out = np.empty_like(codes)
    if threads <= 1:
        ring_kernels.reorder(codes, places, out, 0, len(codes))
        return out
    bounds = parts(len(codes), threads)

    def part(number: int) -> None:
        ring_kernels.reorder(codes, places, out, bounds[number], bounds[number + 1])

    in_threads(part, range(len(bounds) - 1), threads)
    return out
