"""Compiled parts of the ring: reordering bits, sorting rows into tables, and searching them.

The method, its proof and the layout of the arrays are told in `ring.py`.
"""

from typing import Any

import numpy as np

from nightlight.fingerprint.brute_kernels import between, grown, is_dead
from nightlight.fingerprint.vectors import fetch_ahead, inlined, kernel, load32, lowest, near16x32, popcount

CHUNKS = 16
VALUES = 65536
RUNS = CHUNKS * (CHUNKS + 1)  # per query: in each table its own bucket and the 16 that are one bit away
CANDIDATES = 4096  # verified and emptied when full; small enough that malloc does not ask the kernel for it
CODE_WORDS = 4


@kernel
def reorder(codes: Any, places: Any, out: Any, lo: Any, hi: Any) -> None:
    """Reorder the bits of rows lo..hi. ``places[p, v]`` is where the byte `v` at position `p` puts its bits."""
    for row in range(lo, hi):
        w0 = w1 = w2 = w3 = np.uint64(0)
        for word in range(4):
            rest = codes[row, word]
            for byte in range(8):
                to = places[word * 8 + byte, np.int64(rest & np.uint64(255))]
                rest >>= np.uint64(8)
                w0 |= to[0]
                w1 |= to[1]
                w2 |= to[2]
                w3 |= to[3]
        out[row, 0] = w0
        out[row, 1] = w1
        out[row, 2] = w2
        out[row, 3] = w3


@kernel
def fill_table(chunks: Any, table: Any, width: Any, starts: Any, rows: Any, sketches: Any) -> None:
    """Sort all rows by one chunk (counting sort). `starts` is zeroed; `rows` holds `width` bytes a row number."""
    n = chunks.shape[0]
    following = (table + 1) & (CHUNKS - 1)
    for row in range(n):
        starts[np.int64(chunks[row, table]) + 1] += np.uint32(1)
    for bucket in range(VALUES):
        starts[bucket + 1] += starts[bucket]
    for row in range(n):
        value = np.int64(chunks[row, table])
        place = np.int64(starts[value])
        starts[value] = place + 1
        sketches[place] = chunks[row, following]
        at = place * width
        rows[at] = row & 255
        rows[at + 1] = (row >> 8) & 255
        rows[at + 2] = (row >> 16) & 255
        if width == 4:
            rows[at + 3] = (row >> 24) & 255
    for bucket in range(VALUES, 0, -1):
        starts[bucket] = starts[bucket - 1]
    starts[0] = 0


@inlined
def row_at(rows: Any, table: Any, stride: Any, place: Any, width: Any, low: Any) -> Any:
    """Read the row number at a place of a table; `low` keeps the bits of `width` bytes."""
    return np.int64(load32(rows, table * stride + place * width) & low)


@inlined
def found_before(codes: Any, row: Any, chunks: Any, query: Any, table: Any, first: Any, pair: Any) -> Any:
    """Say whether a table before this one gives the same row, so that it is reported once and without a memory."""
    for earlier in range(table):
        shift = np.uint64(16 * (earlier & 3))
        own = np.int64(popcount(np.uint16(codes[row, earlier >> 2] >> shift) ^ chunks[query, earlier]))
        if own > first:
            continue
        after = earlier + 1
        shift = np.uint64(16 * (after & 3))
        own += np.int64(popcount(np.uint16(codes[row, after >> 2] >> shift) ^ chunks[query, after]))
        if own <= pair:
            return True
    return False


@kernel
def look_up_runs(
    starts: Any, sketches: Any, n: Any, chunks: Any, query: Any, flips: Any, begin: Any, end: Any, half: Any
) -> None:
    """Write down where a query's runs begin and end, and fetch their first postings ahead."""
    run = half * RUNS
    stride = sketches.shape[1]
    for table in range(CHUNKS):
        value = np.int64(chunks[query, table])
        for flip in range(flips + 1):
            bucket = value if flip == 0 else value ^ (1 << (flip - 1))
            # A damaged file must not lead outside of the array.
            begin[run] = min(np.int64(starts[table, bucket]), n)
            end[run] = min(np.int64(starts[table, bucket + 1]), n)
            fetch_ahead(sketches, table * stride + begin[run])
            run += 1


@kernel
def verify(
    codes: Any, rows: Any, width: Any, low: Any, dead: Any, queries: Any, chunks: Any, query: Any,
    radius: Any, first: Any, pair: Any, tables: Any, places: Any, numbers: Any, count: Any,
    q: Any, r: Any, d: Any, k: Any,
) -> Any:  # fmt: skip
    """Compare candidates with the query in full and append those within the radius that no earlier table gave."""
    n = codes.shape[0]
    stride = rows.shape[1]
    flat = rows.reshape(-1)
    for i in range(count):
        numbers[i] = min(row_at(flat, tables[i], stride, places[i], width, low), n - 1)
        fetch_ahead(codes, numbers[i] * CODE_WORDS)
    w0, w1, w2, w3 = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
    for i in range(count):
        row = numbers[i]
        apart = between(codes, row, w0, w1, w2, w3)
        if apart > radius or is_dead(dead, row):
            continue
        if found_before(codes, row, chunks, query, tables[i], first, pair):
            continue
        if k == q.size:
            q, r, d = grown(q, k), grown(r, k), grown(d, k)
        q[k] = query
        r[k] = row
        d[k] = apart
        k += 1
    return q, r, d, k


@kernel
def search_ring(
    codes: Any, starts: Any, rows: Any, width: Any, sketches: Any, dead: Any, queries: Any, lo: Any, hi: Any,
    radius: Any, first: Any, pair: Any,
) -> Any:  # fmt: skip
    """Find the rows within `radius` of queries lo..hi. Returns (query, row, distance), grouped by query.

    `first` and `pair` are the most errors allowed in the table's own chunk and in it and the next together.
    """
    n = codes.shape[0]
    stride = rows.shape[1]
    flat_rows = rows.reshape(-1)
    chunks = queries.view(np.uint16)
    low = np.uint32(0xFFFFFF) if width == 3 else np.uint32(0xFFFFFFFF)
    flips = CHUNKS if first > 0 else 0
    begin, end = np.empty(2 * RUNS, np.int64), np.empty(2 * RUNS, np.int64)
    tables, places = np.empty(CANDIDATES, np.int64), np.empty(CANDIDATES, np.int64)
    numbers = np.empty(CANDIDATES, np.int64)
    q, r, d = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.uint8)
    k = 0
    if lo < hi:
        look_up_runs(starts, sketches, n, chunks, lo, flips, begin, end, 0)
    for query in range(lo, hi):
        half = (query - lo) & 1
        if query + 1 < hi:
            look_up_runs(starts, sketches, n, chunks, query + 1, flips, begin, end, 1 - half)
        run = half * RUNS
        count = 0
        for table in range(CHUNKS):
            sketch = sketches[table]
            following = chunks[query, (table + 1) & (CHUNKS - 1)]
            for flip in range(flips + 1):
                most = np.uint16(pair if flip == 0 else pair - 1)
                place, stop = begin[run], end[run]
                run += 1
                while place < stop:
                    mask = near16x32(sketch, place, following, most)
                    while mask:
                        at = place + np.int64(lowest(mask))
                        mask &= mask - np.uint32(1)
                        if at >= stop:
                            break
                        if count == CANDIDATES:
                            q, r, d, k = verify(
                                codes, rows, width, low, dead, queries, chunks, query, radius, first, pair,
                                tables, places, numbers, count, q, r, d, k,
                            )  # fmt: skip
                            count = 0
                        fetch_ahead(flat_rows, table * stride + at * width)
                        tables[count] = table
                        places[count] = at
                        count += 1
                    place += 32
        q, r, d, k = verify(
            codes, rows, width, low, dead, queries, chunks, query, radius, first, pair,
            tables, places, numbers, count, q, r, d, k,
        )  # fmt: skip
    return q[:k], r[:k], d[:k]


def warm() -> None:
    """Compile every kernel of this module, or load it from the cache."""
    codes, dead = np.zeros((2, 4), np.uint64), np.zeros(0, np.uint8)
    starts, rows = np.zeros((16, VALUES + 1), np.uint32), np.zeros((16, 16), np.uint8)
    sketches = np.zeros((16, 128), np.uint16)
    reorder(codes, np.zeros((32, 256, 4), np.uint64), codes.copy(), 0, 2)
    fill_table(codes.view(np.uint16), 0, 3, starts[0].copy(), rows[0], sketches[0])
    search_ring(codes, starts, rows, 3, sketches, dead, codes, 0, 2, 31, 1, 3)
