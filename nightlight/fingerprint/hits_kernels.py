"""Compiled parts of what is around the search itself: order of hits, rows of ids, tombstones, an open level."""

from typing import Any

import numpy as np

from nightlight.fingerprint.brute_kernels import grown
from nightlight.fingerprint.vectors import inlined, kernel


@inlined
def before(a: Any, b: Any, identity: Any, tag: Any, apart: Any) -> Any:
    """Say whether hit a comes before hit b in the order of (id, tag, distance)."""
    if identity[a] != identity[b]:
        return identity[a] < identity[b]
    if tag[a] != tag[b]:
        return tag[a] < tag[b]
    return apart[a] < apart[b]


@kernel
def sort_one(order: Any, spare: Any, lo: Any, hi: Any, identity: Any, tag: Any, apart: Any) -> None:
    """Sort the hits of one query, ``order[lo:hi]``, by `before`: by insertion in runs of 16, then by merging."""
    for start in range(lo, hi, 16):
        for i in range(start + 1, min(start + 16, hi)):
            hit, j = order[i], i
            while j > start and before(hit, order[j - 1], identity, tag, apart):
                order[j] = order[j - 1]
                j -= 1
            order[j] = hit
    size = 16
    while size < hi - lo:
        for start in range(lo, hi, 2 * size):
            middle, stop = min(start + size, hi), min(start + 2 * size, hi)
            i, j = start, middle
            for k in range(start, stop):
                if i < middle and (j >= stop or not before(order[j], order[i], identity, tag, apart)):
                    spare[k] = order[i]
                    i += 1
                else:
                    spare[k] = order[j]
                    j += 1
        order[lo:hi] = spare[lo:hi]
        size *= 2


@kernel
def by_distance(
    order: Any, lo: Any, hi: Any, identity: Any, tag: Any, apart: Any, counts: Any, out: Any, k: Any
) -> Any:
    """Append ``order[lo:hi]`` to `out` by distance, of each (id, tag) only its first. Returns the new length."""
    counts[:] = 0
    kept = lo
    for i in range(lo, hi):
        hit = order[i]
        if i > lo and identity[hit] == identity[order[kept - 1]] and tag[hit] == tag[order[kept - 1]]:
            continue
        order[kept] = hit
        kept += 1
        counts[np.int64(apart[hit]) + 1] += 1
    for distance in range(256):
        counts[distance + 1] += counts[distance]
    for i in range(lo, kept):
        near = np.int64(apart[order[i]])
        out[k + counts[near]] = order[i]
        counts[near] += 1
    return k + kept - lo


@kernel
def sort_hits(query: Any, identity: Any, apart: Any, tag: Any, queries: Any) -> Any:
    """Give the order of hits by (query, distance, id, tag), of each (query, id, tag) only the nearest."""
    n = query.size
    ends = np.zeros(queries + 1, np.int64)
    for hit in range(n):
        ends[query[hit] + 1] += 1
    for number in range(queries):
        ends[number + 1] += ends[number]
    order, spare = np.empty(n, np.int64), np.empty(n, np.int64)
    fill = ends.copy()
    for hit in range(n):
        order[fill[query[hit]]] = hit
        fill[query[hit]] += 1
    counts, out = np.empty(257, np.int64), np.empty(n, np.int64)
    k = 0
    for number in range(queries):
        lo, hi = ends[number], ends[number + 1]
        if hi - lo == 1:
            out[k] = order[lo]
            k += 1
        elif hi > lo:
            sort_one(order, spare, lo, hi, identity, tag, apart)
            k = by_distance(order, lo, hi, identity, tag, apart, counts, out, k)
    return out[:k]


SCATTER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: spreads ids that are near one another
SIEVE_BITS = 20
BLOCK = 1024


@kernel
def may_hold(ids: Any, start: Any, stop: Any, wanted: Any, sieve: Any) -> Any:
    """Say whether a block may hold a wanted id: for one id surely, for several by the sieve. Without branches."""
    shift = np.uint64(64 - SIEVE_BITS)
    found = np.uint64(0)
    if wanted.size == 1:
        one = wanted[0]
        for identity in ids[start:stop]:
            found |= np.uint64(identity == one)
    else:
        for identity in ids[start:stop]:
            found |= np.uint64(sieve[(identity * SCATTER) >> shift])
    return found != 0


@kernel
def rows_of(ids: Any, n: Any, wanted: Any) -> Any:
    """Find the rows among the first `n` whose id is among the sorted `wanted` ones, in order."""
    shift = np.uint64(64 - SIEVE_BITS)
    sieve = np.zeros(1 << SIEVE_BITS if wanted.size > 1 else 1, np.bool_)
    if wanted.size > 1:
        for one in wanted:
            sieve[np.int64((one * SCATTER) >> shift)] = True
    rows = np.empty(64, np.int64)
    k = 0
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        if not may_hold(ids, start, stop, wanted, sieve):
            continue
        for row in range(start, stop):
            if wanted.size > 1 and not sieve[np.int64((ids[row] * SCATTER) >> shift)]:
                continue
            at = np.searchsorted(wanted, ids[row])
            if at < wanted.size and wanted[at] == ids[row]:
                if k == rows.size:
                    rows = grown(rows, k)
                rows[k] = row
                k += 1
    return rows[:k]


@kernel
def bury(dead: Any, rows: Any) -> Any:
    """Set the tombstones of rows; return how many were not set before."""
    fresh = 0
    for row in rows:
        bit = np.uint8(1 << (row & 7))
        if not dead[row >> 3] & bit:
            dead[row >> 3] |= bit
            fresh += 1
    return fresh


@kernel
def take_out(blocks: Any, n: Any) -> Any:
    """Give the first `n` interleaved rows as codes of shape ``(n, 4)``."""
    codes = np.empty((n, 4), np.uint64)
    for row in range(n):
        base = (row >> 3) * 32 + (row & 7)
        for word in range(4):
            codes[row, word] = blocks[base + 8 * word]
    return codes


def warm() -> None:
    """Compile every kernel of this module, or load it from the cache."""
    numbers, ids = np.zeros(2, np.int64), np.arange(2, dtype=np.uint64)
    sort_hits(numbers, ids, np.zeros(2, np.uint8), np.zeros(2, np.uint16), 1)
    rows_of(ids, 2, ids)
    bury(np.zeros(1, np.uint8), numbers)
    take_out(np.zeros(32, np.uint64), 2)
