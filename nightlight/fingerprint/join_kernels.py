"""Compiled parts of comparing a level with itself: every pair, and which rows hang together.

Rows of a bucket are compared with its own and with the buckets one bit above, so that each pair of buckets is met
once; see `ring.py` for the tables.
"""

from typing import Any

import numpy as np

from nightlight.fingerprint.brute_kernels import between, grown
from nightlight.fingerprint.ring_kernels import CANDIDATES, CHUNKS, CODE_WORDS, VALUES, found_before, row_at
from nightlight.fingerprint.vectors import fetch_ahead, inlined, kernel, lowest, near16x32

ROOM = CANDIDATES - 32


@inlined
def gather(
    codes: Any, sketch: Any, place: Any, stop: Any, value: Any, near: Any, a: Any, rows: Any, width: Any, low: Any,
    left: Any, right: Any, count: Any,
) -> Any:  # fmt: skip
    """Append row `a` beside each row of a run whose sketch is near, until the run or the room ends.

    Returns where it stands in the run and how many candidates there are.
    """
    while place < stop and count <= ROOM:
        mask = near16x32(sketch, place, value, near)
        while mask:
            at = place + np.int64(lowest(mask))
            mask &= mask - np.uint32(1)
            if at < stop:
                left[count] = a
                right[count] = row_at(rows, 0, 0, at, width, low)
                fetch_ahead(codes, right[count] * CODE_WORDS)
                count += 1
        place += 32
    return place, count


@kernel
def keep_pairs(
    codes: Any,
    table: Any,
    radius: Any,
    first: Any,
    pair: Any,
    left: Any,
    right: Any,
    count: Any,
    out: Any,
    k: Any,
) -> Any:
    """Compare candidate pairs in full; append those within the radius that no earlier table gave.

    Returns the pairs, their count, and how many were within the radius, given before or not.
    """
    chunks = codes.view(np.uint16)
    seen = 0
    for i in range(count):
        a, b = left[i], right[i]
        if between(codes, b, codes[a, 0], codes[a, 1], codes[a, 2], codes[a, 3]) > radius:
            continue
        seen += 1
        if found_before(codes, b, chunks, a, table, first, pair):
            continue
        if k == out.size:
            out = grown(out, k)
        out[k] = (np.uint64(min(a, b)) << np.uint64(32)) | np.uint64(max(a, b))
        k += 1
    return out, k, seen


@inlined
def above(starts: Any, value: Any, flip: Any) -> Any:
    """Give where the bucket with one more bit set begins and ends: nowhere if the bit is set already."""
    bit = 0 if flip == 0 else 1 << (flip - 1)
    if value & bit:
        return np.int64(0), np.int64(0)
    return np.int64(starts[value | bit]), np.int64(starts[(value | bit) + 1])


@kernel
def pairs_of_table(
    codes: Any, starts: Any, rows: Any, width: Any, sketch: Any, table: Any, radius: Any, first: Any, pair: Any,
    most: Any,
) -> Any:  # fmt: skip
    """Find the pairs within the radius that this table gives first, as ``low << 32 | high``.

    Returns them, and how many pairs it saw within the radius; it stops soon after it saw more than `most`.
    """
    low = np.uint32(0xFFFFFF) if width == 3 else np.uint32(0xFFFFFFFF)
    left, right = np.empty(CANDIDATES, np.int64), np.empty(CANDIDATES, np.int64)
    out = np.empty(1024, np.uint64)
    k = seen = 0
    for value in range(VALUES):
        begin, end = np.int64(starts[value]), np.int64(starts[value + 1])
        if begin == end:
            continue
        count = 0
        for flip in range(CHUNKS + 1 if first > 0 else 1):
            near = np.uint16(pair if flip == 0 else pair - 1)
            other, stop = above(starts, value, flip)
            for i in range(begin, end):
                a = row_at(rows, 0, 0, i, width, low)
                place = i + 1 if flip == 0 else other
                while place < stop:
                    place, count = gather(
                        codes, sketch, place, stop, sketch[i], near, a, rows, width, low, left, right, count
                    )
                    if count > ROOM:
                        out, k, fresh = keep_pairs(
                            codes, table, radius, first, pair, left, right, count, out, k
                        )
                        seen, count = seen + fresh, 0
                        if seen > most:
                            return out[:k], seen
        out, k, fresh = keep_pairs(codes, table, radius, first, pair, left, right, count, out, k)
        seen += fresh
    return out[:k], seen


@inlined
def root(parent: Any, row: Any) -> Any:
    """Find what a row hangs on, and shorten the way there."""
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row


@inlined
def joined(codes: Any, parent: Any, a: Any, b: Any, radius: Any) -> Any:
    """Join two rows if they are within the radius. Returns 1 if they already hung together, so comparing was vain."""
    one, other = root(parent, a), root(parent, b)
    if one == other:
        return 1
    if between(codes, b, codes[a, 0], codes[a, 1], codes[a, 2], codes[a, 3]) <= radius:
        parent[max(one, other)] = min(one, other)
    return 0


@kernel
def join_candidates(codes: Any, parent: Any, radius: Any, left: Any, right: Any, count: Any) -> Any:
    """Join candidate pairs. Returns how many already hung together."""
    vain = 0
    for i in range(count):
        vain += joined(codes, parent, left[i], right[i], radius)
    return vain


@kernel
def grouped(parent: Any, bucket: Any, sketch: Any, members: Any, sketches: Any, roots: Any) -> None:
    """Write a bucket's rows and sketches down so that those which hang together lie together."""
    n = bucket.size
    hang = np.empty(n, np.int64)
    for i in range(n):
        hang[i] = root(parent, bucket[i])
    order = np.argsort(hang)
    for i in range(n):
        members[i] = bucket[order[i]]
        sketches[i] = sketch[order[i]]
        roots[i] = hang[order[i]]


@kernel
def join_crowd(
    codes: Any, parent: Any, radius: Any, near: Any, left: Any, left_sketch: Any, bucket: Any, sketch: Any
) -> None:
    """Join rows `left` with the rows of a bucket in which many hang together already.

    Each row skips the stretch of the bucket that hangs together with it, so that n copies cost about n and not n * n.
    What was joined since is skipped one by one, until that was in vain often enough to write the bucket down anew.
    """
    n = bucket.size
    members, roots = np.empty(n, np.int64), np.empty(n, np.int64)
    sketches = np.zeros(n + 64, np.uint16)
    grouped(parent, bucket, sketch, members, sketches, roots)
    vain = 0
    for i in range(left.size):
        a = left[i]
        mine = root(parent, a)
        skip = np.searchsorted(roots, mine)
        skip_end = np.searchsorted(roots, mine, side="right")
        for part in range(2):
            place = 0 if part == 0 else skip_end
            stop = skip if part == 0 else n
            while place < stop:
                mask = near16x32(sketches, place, left_sketch[i], near)
                while mask:
                    at = place + np.int64(lowest(mask))
                    mask &= mask - np.uint32(1)
                    if at >= stop:
                        break
                    vain += joined(codes, parent, a, members[at], radius)
                place += 32
        if vain > 4 * n:
            grouped(parent, bucket, sketch, members, sketches, roots)
            vain = 0


@kernel
def rows_between(rows: Any, begin: Any, end: Any, width: Any, low: Any) -> Any:
    """Give the row numbers at places begin..end of a table."""
    out = np.empty(end - begin, np.int64)
    for place in range(begin, end):
        out[place - begin] = row_at(rows, 0, 0, place, width, low)
    return out


@kernel
def join_table(
    codes: Any,
    starts: Any,
    rows: Any,
    width: Any,
    sketch: Any,
    radius: Any,
    first: Any,
    pair: Any,
    parent: Any,
) -> None:
    """Join all rows that this table shows to be within the radius; `parent` is the forest of what hangs together."""
    low = np.uint32(0xFFFFFF) if width == 3 else np.uint32(0xFFFFFFFF)
    left, right = np.empty(CANDIDATES, np.int64), np.empty(CANDIDATES, np.int64)
    for value in range(VALUES):
        begin, end = np.int64(starts[value]), np.int64(starts[value + 1])
        if begin == end:
            continue
        count = 0
        for flip in range(CHUNKS + 1 if first > 0 else 1):
            near = np.uint16(pair if flip == 0 else pair - 1)
            other, stop = above(starts, value, flip)
            vain, bearable = 0, 4 * (end - begin + stop - other) + 64
            for i in range(begin, end):
                a = row_at(rows, 0, 0, i, width, low)
                place = i + 1 if flip == 0 else other
                while place < stop:
                    place, count = gather(
                        codes, sketch, place, stop, sketch[i], near, a, rows, width, low, left, right, count
                    )
                    if count > ROOM:
                        vain += join_candidates(codes, parent, radius, left, right, count)
                        count = 0
                if vain > bearable:
                    join_crowd(
                        codes, parent, radius, near,
                        rows_between(rows, i + 1, end, width, low), sketch[i + 1 : end],
                        rows_between(rows, other, stop, width, low), sketch[other:stop],
                    )  # fmt: skip
                    break
        join_candidates(codes, parent, radius, left, right, count)


@kernel
def roots_of_all(parent: Any) -> Any:
    """Give what each row hangs on in the end."""
    out = np.empty(parent.size, np.int64)
    for row in range(parent.size):
        out[row] = root(parent, row)
    return out


def warm() -> None:
    """Compile every kernel of this module, or load it from the cache."""
    codes, parent = np.zeros((2, 4), np.uint64), np.arange(2)
    starts, rows, sketch = np.zeros(VALUES + 1, np.uint32), np.zeros(64, np.uint8), np.zeros(128, np.uint16)
    pairs_of_table(codes, starts, rows, 3, sketch, 0, 31, 1, 3, 1)
    join_table(codes, starts, rows, 3, sketch, 31, 1, 3, parent)
    roots_of_all(parent)
