"""Compiled comparison of every query with every row, in blocks that stay in the cache."""

from typing import Any

import numpy as np

from nightlight.fingerprint.vectors import inlined, kernel, lowest, near256x8, popcount

BLOCK = 2048  # rows: 64 KiB, which stay in the second-level cache while every query passes over them


@inlined
def between(codes: Any, row: Any, w0: Any, w1: Any, w2: Any, w3: Any) -> Any:
    """Count the bits in which one row differs from a code, ``int64``."""
    return np.int64(
        popcount(codes[row, 0] ^ w0)
        + popcount(codes[row, 1] ^ w1)
        + popcount(codes[row, 2] ^ w2)
        + popcount(codes[row, 3] ^ w3)
    )


@inlined
def is_dead(dead: Any, row: Any) -> Any:
    """Say whether a row's bit is set in the tombstones, which are empty if no row was ever removed."""
    return dead.size > 0 and (dead[row >> 3] >> (row & 7)) & 1 == 1


@kernel
def interleave(codes: Any, first: Any, last: Any, blocks: Any, at: Any) -> None:
    """Write rows first..last into blocks of 8 (see `near256x8`), from position `at` counted in rows."""
    for row in range(first, last):
        place = at + row - first
        base = (place >> 3) * 32 + (place & 7)
        for word in range(4):
            blocks[base + 8 * word] = codes[row, word]


@kernel
def grown(array: Any, used: Any) -> Any:
    """Give the same numbers in an array of twice the size."""
    wider = np.empty(2 * array.size, array.dtype)
    wider[:used] = array[:used]
    return wider


@kernel
def scan_blocks(
    blocks: Any,
    n: Any,
    base: Any,
    dead: Any,
    queries: Any,
    lo: Any,
    hi: Any,
    radius: Any,
    q: Any,
    r: Any,
    d: Any,
    k: Any,
) -> Any:
    """Compare queries lo..hi with `n` interleaved rows, numbered from `base`; append to the results from `k` on.

    Returns the results (query, row, distance), which may have moved into wider arrays, and their count.
    """
    most = np.uint64(radius)
    for query in range(lo, hi):
        w0, w1, w2, w3 = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
        for block in range((n + 7) >> 3):
            mask = np.uint32(near256x8(blocks, block * 32, w0, w1, w2, w3, most))
            while mask:
                lane = np.int64(lowest(mask))
                mask &= mask - np.uint32(1)
                row = block * 8 + lane
                if row >= n or is_dead(dead, base + row):
                    continue
                if k == q.size:
                    q, r, d = grown(q, k), grown(r, k), grown(d, k)
                at = block * 32 + lane
                q[k] = query
                r[k] = base + row
                d[k] = np.uint8(
                    popcount(blocks[at] ^ w0)
                    + popcount(blocks[at + 8] ^ w1)
                    + popcount(blocks[at + 16] ^ w2)
                    + popcount(blocks[at + 24] ^ w3)
                )
                k += 1
    return q, r, d, k


@kernel
def brute_blocks(blocks: Any, n: Any, dead: Any, queries: Any, lo: Any, hi: Any, radius: Any) -> Any:
    """Compare queries lo..hi with the first `n` interleaved rows. Returns (query, row, distance)."""
    q, r, d = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.uint8)
    k = 0
    for start in range(0, n, BLOCK):
        part = blocks[start * 4 :]
        q, r, d, k = scan_blocks(
            part, min(BLOCK, n - start), start, dead, queries, lo, hi, radius, q, r, d, k
        )
    return q[:k], r[:k], d[:k]


@kernel
def brute_rows(codes: Any, dead: Any, queries: Any, lo: Any, hi: Any, radius: Any) -> Any:
    """Compare queries lo..hi with every row of ``(n, 4)`` codes. Returns (query, row, distance)."""
    q, r, d = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.uint8)
    k = 0
    n = codes.shape[0]
    blocks = np.zeros(BLOCK * 4, np.uint64)
    for start in range(0, n, BLOCK):
        end = min(n, start + BLOCK)
        interleave(codes, start, end, blocks, 0)
        q, r, d, k = scan_blocks(blocks, end - start, start, dead, queries, lo, hi, radius, q, r, d, k)
    return q[:k], r[:k], d[:k]


def warm() -> None:
    """Compile every kernel of this module, or load it from the cache."""
    codes = np.zeros((9, 4), np.uint64)
    blocks = np.zeros(64, np.uint64)
    dead = np.zeros(0, np.uint8)
    interleave(codes, 0, 9, blocks, 0)
    brute_blocks(blocks, 9, dead, codes, 0, 9, 31)
    brute_rows(codes, dead, codes, 0, 9, 31)
