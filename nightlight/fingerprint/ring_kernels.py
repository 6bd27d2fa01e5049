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
CANDIDATES = 1024  # verified and emptied when full; small, so that memory for them is at hand
CODE_WORDS = 4
LANES = 32


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
def count_high(chunks: Any, counts: Any) -> None:
    """Count, for each table, the rows by the high byte of their chunk; `counts (16, 256)` is zeroed."""
    for row in range(chunks.shape[0]):
        for table in range(CHUNKS):
            counts[table, chunks[row, table] >> 8] += 1


@kernel
def fill_table(
    chunks: Any, table: Any, counts: Any, spare: Any, width: Any, starts: Any, rows: Any, sketches: Any
) -> None:
    """Sort all rows by one chunk, first by its high byte into `spare`, then by its low byte, which stays in the cache.

    `counts` are those of the high bytes; `rows` holds `width` bytes a row number.
    """
    n = chunks.shape[0]
    following = (table + 1) & (CHUNKS - 1)
    ends = np.zeros(256, np.int64)
    for high in range(1, 256):
        ends[high] = ends[high - 1] + counts[high - 1]
    for row in range(n):
        chunk = np.int64(chunks[row, table])
        place = ends[chunk >> 8]
        ends[chunk >> 8] = place + 1
        spare[place] = row | (chunk & 255) << 32 | np.int64(chunks[row, following]) << 40
    begin = 0
    places = np.empty(256, np.int64)
    for high in range(256):
        places[:] = 0
        for one in spare[begin : ends[high]]:
            places[(one >> 32) & 255] += 1
        total = begin
        for low in range(256):
            starts[high << 8 | low] = total
            total, places[low] = total + places[low], total
        for one in spare[begin : ends[high]]:
            place = places[(one >> 32) & 255]
            places[(one >> 32) & 255] = place + 1
            sketches[place] = (one >> 40) & 65535
            at = place * width
            rows[at] = one & 255
            rows[at + 1] = (one >> 8) & 255
            rows[at + 2] = (one >> 16) & 255
            if width == 4:
                rows[at + 3] = (one >> 24) & 255
        begin = ends[high]
    starts[VALUES] = n


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


def _look_up(buckets: int) -> Any:
    """Make the loop for a number of buckets per table, which is fixed so that the loop is unrolled."""

    @kernel
    def look_up_runs(starts: Any, sketches: Any, chunks: Any, query: Any, begin: Any, end: Any) -> None:
        """Write down where a query's runs begin and end, and fetch their first sketches ahead.

        Per table these are its own bucket and those one bit away: kept together, because they lie on the same pages
        (taking the own buckets of all tables first is half as fast).
        """
        stride = sketches.shape[1]
        run = 0
        for table in range(CHUNKS):
            own, of_table, base = np.int64(chunks[query, table]), starts[table], table * stride
            for flip in range(buckets):
                bucket = own if flip == 0 else own ^ (1 << (flip - 1))
                begin[run], end[run] = np.int64(of_table[bucket]), np.int64(of_table[bucket + 1])
                fetch_ahead(sketches, base + begin[run])
                run += 1

    return look_up_runs


def _scan(buckets: int) -> Any:
    """Make the loop for a number of buckets per table, which is fixed so that the loop is unrolled."""

    @kernel
    def scan_runs(
        sketches: Any, rows: Any, width: Any, chunks: Any, query: Any, pair: Any, begin: Any, end: Any,
        tables: Any, places: Any,
    ) -> Any:  # fmt: skip
        """Write down the places whose sketch is near, and fetch their row numbers ahead.

        Returns how many, and whether that is all; if there was no room, the runs are left at what remains of them.
        """
        flat, flat_rows = sketches.reshape(-1), rows.reshape(-1)
        stride, row_stride = sketches.shape[1], rows.shape[1]
        count = run = 0
        for table in range(CHUNKS):
            following = chunks[query, (table + 1) & (CHUNKS - 1)]
            base, row_base = table * stride, table * row_stride
            for flip in range(buckets):
                most = np.uint16(pair if flip == 0 else pair - 1)
                place, stop = begin[run], end[run]
                while place < stop:
                    mask = near16x32(flat, base + place, following, most)
                    if mask and count > CANDIDATES - LANES:
                        begin[:run] = end[:run]
                        begin[run] = place
                        return count, False
                    while mask:
                        at = place + np.int64(lowest(mask))
                        mask &= mask - np.uint32(1)
                        if at < stop:
                            fetch_ahead(flat_rows, row_base + at * width)
                            tables[count], places[count] = table, at
                            count += 1
                    place += LANES
                run += 1
        return count, True

    return scan_runs


look_up_own, scan_own = _look_up(1), _scan(1)
look_up_near, scan_near = _look_up(CHUNKS + 1), _scan(CHUNKS + 1)


@kernel
def look_up_rows(
    codes: Any, flat: Any, stride: Any, width: Any, tables: Any, places: Any, count: Any, numbers: Any
) -> None:
    """Write down the row numbers of candidates, and fetch their codes ahead."""
    last = codes.shape[0] - 1
    low = np.uint32(0xFFFFFF) if width == 3 else np.uint32(0xFFFFFFFF)
    for i in range(count):
        row = np.int64(load32(flat, tables[i] * stride + places[i] * width) & low)
        numbers[i] = min(row, last)  # a damaged file must not lead outside of the array
        fetch_ahead(codes, numbers[i] * CODE_WORDS)


@kernel
def verify(
    codes: Any, dead: Any, queries: Any, chunks: Any, query: Any, radius: Any, first: Any, pair: Any,
    tables: Any, numbers: Any, count: Any, q: Any, r: Any, d: Any, k: Any,
) -> Any:  # fmt: skip
    """Compare candidates with the query in full and append those within the radius that no earlier table gave.

    Returns how many results there are now. There is room for all candidates.
    """
    w0, w1, w2, w3 = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
    for i in range(count):
        row = numbers[i]
        bits = between(codes, row, w0, w1, w2, w3)
        if bits > radius or is_dead(dead, row):
            continue
        if found_before(codes, row, chunks, query, tables[i], first, pair):
            continue
        q[k], r[k], d[k] = query, row, bits
        k += 1
    return k


@kernel
def search_some(
    codes: Any, starts: Any, rows: Any, width: Any, sketches: Any, dead: Any, queries: Any, chunks: Any,
    query: Any, hi: Any, radius: Any, first: Any, pair: Any, begin: Any, end: Any, tables: Any, places: Any,
    numbers: Any, q: Any, r: Any, d: Any, k: Any,
) -> Any:  # fmt: skip
    """Search for queries from `query` on, whose runs are looked up, until there may be no room for the results.

    Returns the query it stands at, whose runs are left at what remains of them, and how many results there are.
    While one query is worked on, the runs of the next come from memory.
    """
    flat, stride = rows.reshape(-1), rows.shape[1]
    while query < hi:
        now, following = query & 1, 1 - (query & 1)
        if query + 1 < hi:
            look_up(starts, sketches, chunks, query + 1, first, begin[following], end[following])
        done = False
        while not done:
            if q.size - k < CANDIDATES:
                return query, k
            if first > 0:
                count, done = scan_near(
                    sketches, rows, width, chunks, query, pair, begin[now], end[now], tables, places
                )
            else:
                count, done = scan_own(
                    sketches, rows, width, chunks, query, pair, begin[now], end[now], tables, places
                )
            look_up_rows(codes, flat, stride, width, tables, places, count, numbers)
            k = verify(
                codes, dead, queries, chunks, query, radius, first, pair, tables, numbers, count, q, r, d, k
            )
        query += 1
    return query, k


@kernel
def look_up(starts: Any, sketches: Any, chunks: Any, query: Any, first: Any, begin: Any, end: Any) -> None:
    """Look up the runs that a query needs if a chunk may have `first` errors."""
    if first > 0:
        look_up_near(starts, sketches, chunks, query, begin, end)
    else:
        look_up_own(starts, sketches, chunks, query, begin, end)


@kernel
def search_ring(
    codes: Any, starts: Any, rows: Any, width: Any, sketches: Any, dead: Any, queries: Any, lo: Any, hi: Any,
    radius: Any, first: Any, pair: Any,
) -> Any:  # fmt: skip
    """Find the rows within `radius` of queries lo..hi. Returns (query, row, distance), grouped by query.

    `first` and `pair` are the most errors allowed in the table's own chunk and in it and the next together.
    """
    chunks = queries.view(np.uint16)
    begin, end = np.empty((2, RUNS), np.int64), np.empty((2, RUNS), np.int64)
    tables, places = np.empty(CANDIDATES, np.int64), np.empty(CANDIDATES, np.int64)
    numbers = np.empty(CANDIDATES, np.int64)
    room = 2 * CANDIDATES
    q, r, d = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.uint8)
    k, query = 0, lo
    if lo < hi:
        look_up(starts, sketches, chunks, lo, first, begin[lo & 1], end[lo & 1])
    while query < hi:
        query, k = search_some(
            codes, starts, rows, width, sketches, dead, queries, chunks, query, hi, radius, first, pair,
            begin, end, tables, places, numbers, q, r, d, k,
        )  # fmt: skip
        if query < hi:
            q, r, d = grown(q, k), grown(r, k), grown(d, k)
    return q[:k].copy(), r[:k].copy(), d[:k].copy()


@kernel
def is_sound(starts: Any, n: Any) -> Any:
    """Say whether the bounds of a table's buckets never fall and end at `n`, so that nothing outside is read."""
    if starts[0] != 0 or starts[VALUES] != n:
        return False
    falls = False
    for value in range(VALUES):
        falls |= starts[value + 1] < starts[value]
    return not falls


def warm() -> None:
    """Compile every kernel of this module, or load it from the cache."""
    codes, dead = np.zeros((2, 4), np.uint64), np.zeros(0, np.uint8)
    starts, rows = np.zeros((16, VALUES + 1), np.uint32), np.zeros((16, 16), np.uint8)
    sketches = np.zeros((16, 128), np.uint16)
    reorder(codes, np.zeros((32, 256, 4), np.uint64), codes.copy(), 0, 2)
    chunks, counts = codes.view(np.uint16), np.zeros((16, 256), np.int64)
    count_high(chunks, counts)
    fill_table(chunks, 0, counts[0], np.empty(2, np.int64), 3, starts[0].copy(), rows[0], sketches[0])
    search_ring(codes, starts, rows, 3, sketches, dead, codes, 0, 2, 31, 1, 3)
    is_sound(starts[0], 0)
