"""Codes for tests: random ones, ones planted at an exact distance, and lists as unlike random ones as can be."""

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint64]


def random_codes(count: int, seed: int) -> Codes:
    """Give `count` random codes."""
    return np.random.default_rng(seed).integers(0, 2**64, (count, 4), np.uint64)


def flipped(code: Codes, bits: npt.NDArray[np.int64]) -> Codes:
    """Give a code with some of its 256 bits flipped."""
    unpacked = np.unpackbits(code.view(np.uint8))
    unpacked[bits] ^= 1
    return np.packbits(unpacked).view(np.uint64)


def at_distances(code: Codes, distances: list[int], seed: int) -> Codes:
    """Give one code for each distance, that many random bits away."""
    rng = np.random.default_rng(seed)
    return np.array([flipped(code, rng.permutation(256)[:bits]) for bits in distances], np.uint64).reshape(
        -1, 4
    )


def in_bits_of(rng: np.random.Generator, code: Codes, per_chunk: npt.NDArray[np.int64]) -> Codes:
    """Give a code that differs in so many random bits of each of the 16 chunks."""
    chunks = code.copy().view(np.uint16)
    for chunk, errors in enumerate(per_chunk):
        for bit in rng.permutation(16)[:errors]:
            chunks[chunk] ^= np.uint16(1 << int(bit))
    return chunks.view(np.uint64)


def errors_on_the_edge(rng: np.random.Generator, distance: int, pattern: int) -> npt.NDArray[np.int64]:
    """Spread `distance` errors over 16 chunks as unkindly as possible: evenly, level, at random, heaped, in turns."""
    errors = np.zeros(16, np.int64)
    if pattern == 0:
        errors = np.roll(np.diff(np.arange(17) * distance // 16), rng.integers(16))
    if pattern == 1:
        errors += distance // 16
    if pattern == 3:
        errors[rng.integers(16)] = min(16, distance)
    if pattern == 4:
        errors = np.roll(np.array([3, 1] * 8) * distance // 32, rng.integers(16))
    while errors.sum() < distance:
        chunk = rng.integers(16)
        errors[chunk] += errors[chunk] < (distance // 16 + 1 if pattern == 1 else 16)
    return errors
