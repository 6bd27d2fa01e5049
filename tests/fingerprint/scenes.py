"""Pictures for the tests of edits: clouds and shapes of light, the same for a seed every time."""

import numpy as np
from numpy.typing import NDArray

from nightlight.fingerprint.pdq import Pdq

Pixels = NDArray[np.uint8]


def scene(seed: int, width: int = 480, height: int = 360) -> Pixels:
    """Clouds of colour with boxes of light on them, up to every edge; PDQ quality well above 50."""
    chance = np.random.default_rng(seed)
    coarse = chance.random((9, 12, 1)) * 0.8 + 0.2 * chance.random((9, 12, 3))
    rows = np.linspace(0, 8, height)[:, None]
    columns = np.linspace(0, 11, width)[None, :]
    top, left = np.minimum(rows.astype(int), 7), np.minimum(columns.astype(int), 10)
    down, across = (rows - top)[:, :, None], (columns - left)[:, :, None]
    upper = coarse[top, left] * (1 - across) + coarse[top, left + 1] * across
    lower = coarse[top + 1, left] * (1 - across) + coarse[top + 1, left + 1] * across
    canvas = 40 + 170 * (upper * (1 - down) + lower * down)
    for _ in range(25):
        y, x = int(chance.integers(0, height)), int(chance.integers(0, width))
        high, wide = int(chance.integers(20, height // 3)), int(chance.integers(20, width // 3))
        canvas[y : y + high, x : x + wide] += chance.uniform(-70, 70, 3)
    canvas += chance.normal(0, 6, canvas.shape)
    return np.clip(canvas, 0, 255).astype(np.uint8)


def bits_apart(one: Pdq, other: Pdq) -> int:
    return (int(one.hex, 16) ^ int(other.hex, 16)).bit_count()
