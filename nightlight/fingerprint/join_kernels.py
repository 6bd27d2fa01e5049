"""Compiled parts of comparing a level with itself: every pair, and which rows hang together.

Rows of a bucket are compared with its own and with the buckets one bit above, so that each pair of buckets is met
once; see `ring.py` for the tables.
"""

from typing import Any

import numpy as np

from nightlight.fingerprint.brute_kernels import between, grown
from nightlight.fingerprint.ring_kernels import CHUNKS, CODE_WORDS, LANES, VALUES, found_before
from nightlight.fingerprint.vectors import fetch_ahead, inlined, kernel, load32, lowest, near16x32

ROOM = 1024  # candidate pairs that wait for their codes to come from memory


# All of this is one function with nothing but numbers changing in it: a call that takes arrays, or an array that is
# replaced, would count references each time round (see `brute_kernels.appended`).
@kernel
def gather_pairs(
    codes: Any, starts: Any, rows: Any, width: Any, sketch: Any, pair: Any, buckets: Any, stand: Any,
    left: Any, right: Any,
) -> Any:  # fmt: skip
    """Write down pairs whose sketches are near, from where `stand` (bucket, flip, place, place) says, until ROOM.

    Returns how many; `stand` is at bucket 65536 when there are no more.
    """
    low = np.uint32(0xFFFFFF) if width == 3 else np.uint32(0xFFFFFFFF)
    count, flip_from, from_place, to_place = 0, stand[1], stand[2], stand[3]
    for value in range(stand[0], VALUES):
        begin, end = np.int64(starts[value]), np.int64(starts[value + 1])
        for flip in range(flip_from, buckets if begin < end else 0):
            bit = 0 if flip == 0 else 1 << (flip - 1)
            near = np.uint16(pair if flip == 0 else pair - 1)
            other, stop = np.int64(starts[value | bit]), np.int64(starts[(value | bit) + 1])
            for place in range(max(begin, from_place), end if value & bit == 0 else 0):
                a = np.int64(load32(rows, place * width) & low)
                at = max(place + 1 if flip == 0 else other, to_place)
                to_place = 0
                while at < stop:
                    if count > ROOM - LANES:
                        stand[0], stand[1], stand[2], stand[3] = value, flip, place, at
                        return count
                    mask = near16x32(sketch, at, sketch[place], near)
                    while mask:
                        found = at + np.int64(lowest(mask))
                        mask &= mask - np.uint32(1)
                        if found < stop:
                            left[count] = a
                            right[count] = np.int64(load32(rows, found * width) & low)
                            fetch_ahead(codes, right[count] * CODE_WORDS)
                            count += 1
                    at += LANES
            from_place = 0
        flip_from = 0
    stand[0] = VALUES
    return count


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


@kernel
def pairs_of_table(
    codes: Any, starts: Any, rows: Any, width: Any, sketch: Any, table: Any, radius: Any, first: Any, pair: Any,
    most: Any,
) -> Any:  # fmt: skip
    """Find the pairs within the radius that this table gives first, as ``low << 32 | high``.

    Returns them, and how many pairs it saw within the radius; it stops soon after it saw more than `most`.
    """
    left, right, stand = np.empty(ROOM, np.int64), np.empty(ROOM, np.int64), np.zeros(4, np.int64)
    out = np.empty(1024, np.uint64)
    k = seen = 0
    while stand[0] < VALUES and seen <= most:
        count = gather_pairs(
            codes, starts, rows, width, sketch, pair, CHUNKS + 1 if first > 0 else 1, stand, left, right
        )
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
    sketches = np.zeros(n + 2 * LANES, np.uint16)
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
                place += LANES
        if vain > 4 * n:
            grouped(parent, bucket, sketch, members, sketches, roots)
            vain = 0


@kernel
def rows_between(rows: Any, begin: Any, end: Any, width: Any) -> Any:
    """Give the row numbers at places begin..end of a table."""
    low = np.uint32(0xFFFFFF) if width == 3 else np.uint32(0xFFFFFFFF)
    out = np.empty(end - begin, np.int64)
    for place in range(begin, end):
        out[place - begin] = np.int64(load32(rows, place * width) & low)
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
    left, right, stand = np.empty(ROOM, np.int64), np.empty(ROOM, np.int64), np.zeros(4, np.int64)
    value = flip = vain = 0
    while stand[0] < VALUES:
        count = gather_pairs(
            codes, starts, rows, width, sketch, pair, CHUNKS + 1 if first > 0 else 1, stand, left, right
        )
        fresh = join_candidates(codes, parent, radius, left, right, count)
        if stand[0] != value or stand[1] != flip:
            value, flip, vain = stand[0], stand[1], 0
            continue
        vain += fresh
        other = value if flip == 0 else value | (1 << (flip - 1))
        end, begin, stop = np.int64(starts[value + 1]), np.int64(starts[other]), np.int64(starts[other + 1])
        if vain > 4 * (end - np.int64(starts[value]) + stop - begin):
            # `stand` is in the middle of these two buckets, where most pairs hang together already.
            join_crowd(
                codes, parent, radius, np.uint16(pair if flip == 0 else pair - 1),
                rows_between(rows, stand[2], end, width), sketch[stand[2] : end],
                rows_between(rows, begin, stop, width), sketch[begin:stop],
            )  # fmt: skip
            stand[1], stand[2], stand[3] = flip + 1, 0, 0


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
