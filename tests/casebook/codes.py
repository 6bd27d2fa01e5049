"""PDQ hashes for tests: random ones, and others a given number of bits away."""

import random


def code(seed: int) -> str:
    """A random hash, the same for the same seed."""
    return f"{random.Random(seed).getrandbits(256):064x}"


def away(pdq: str, bits: int, seed: int = 0) -> str:
    """A hash that differs from `pdq` in exactly so many bits."""
    flipped = int(pdq, 16)
    for place in random.Random(seed).sample(range(256), bits):
        flipped ^= 1 << place
    return f"{flipped:064x}"
