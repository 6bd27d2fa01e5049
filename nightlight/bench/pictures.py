"""Generated pictures for benchmarks: nothing but light, land and shapes, the same for a seed every time.

Four kinds, so that figures don't hang on one: `clouds` (noise whose power falls with frequency as in photographs),
`leaves` (the dead leaves model: opaque discs of all sizes over each other, the simplest picture of the world with
the statistics of photographs; Lee, Mumford and Huang 2001), `land` (sky, sun, ridges, water) and `shapes`.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SIZES = ((640, 480), (480, 640), (1024, 768), (1200, 800), (800, 1200), (1280, 720), (1000, 1000))


def picture(seed: int, size: tuple[int, int] | None = None) -> Pixels:
    """One picture, uint8 (H, W, 3); kind, size (if not given as width, height) and all else follow from the seed."""
    chance = np.random.default_rng(seed)
    width, height = size or SIZES[seed // 4 % len(SIZES)]
    kinds = (_clouds, _leaves, _land, _shapes)
    canvas = kinds[seed % len(kinds)](chance, width, height)
    canvas += chance.normal(0, 2.0, canvas.shape[:2]).astype(np.float32)[:, :, None]  # a sensor's grain
    return np.clip(canvas, 0, 255).astype(np.uint8)


def smooth(chance: np.random.Generator, width: int, height: int, slope: float) -> Floats:
    """Noise (H, W) of mean 0 and deviation 1, with amplitude falling as frequency to the power of `slope`."""
    rows = np.fft.fftfreq(height)[:, None] * max(width, height)
    columns = np.fft.rfftfreq(width)[None, :] * max(width, height)
    amplitude = np.maximum(np.hypot(rows, columns), 1.0) ** -slope
    amplitude[0, 0] = 0
    phases = np.exp(2j * np.pi * chance.random(amplitude.shape))
    field = np.fft.irfft2(amplitude * phases, s=(height, width))
    return np.asarray(field / field.std(), np.float32)


def _colour(chance: np.random.Generator, low: int = 20, high: int = 236) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in chance.integers(low, high, 3))
    return red, green, blue


def _tint(field: Floats, dark: tuple[int, int, int], light: tuple[int, int, int]) -> Floats:
    share = np.clip(field * 0.25 + 0.5, 0, 1)[:, :, None]
    return np.asarray(np.array(dark) * (1 - share) + np.array(light) * share, np.float32)


def _clouds(chance: np.random.Generator, width: int, height: int) -> Floats:
    field = smooth(chance, width, height, chance.uniform(1.1, 1.7))
    return _tint(field, _colour(chance, 0, 110), _colour(chance, 140, 256))


def _leaves(chance: np.random.Generator, width: int, height: int) -> Floats:
    image = Image.new("RGB", (width, height), _colour(chance))
    draw = ImageDraw.Draw(image)
    side = min(width, height)
    radii = side * 0.01 * (1 - chance.random(700) * (1 - 0.03**2)) ** -0.5
    for radius in radii:
        x, y = chance.uniform(-0.1, 1.1) * width, chance.uniform(-0.1, 1.1) * height
        stretch = chance.uniform(0.5, 2)
        box = (x - radius * stretch, y - radius / stretch, x + radius * stretch, y + radius / stretch)
        draw.ellipse(box, fill=_colour(chance))
    return np.asarray(image, np.float32) + 10 * smooth(chance, width, height, 1.2)[:, :, None]


def _land(chance: np.random.Generator, width: int, height: int) -> Floats:
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, low = np.array(_colour(chance, 60, 200)), np.array(_colour(chance, 140, 250))
    canvas = np.asarray(top * (1 - down) + low * down + np.zeros((1, width, 1)), np.float32)
    canvas += chance.uniform(4, 25) * smooth(chance, width, height, 1.6)[:, :, None]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sun_x, sun_y, radius = (
        chance.uniform(0, width),
        chance.uniform(0, height * 0.4),
        chance.uniform(0.02, 0.1) * width,
    )
    canvas[np.hypot(x - sun_x, y - sun_y) < radius] = _colour(chance, 200, 256)
    level = chance.uniform(0.3, 0.55)
    ground = smooth(chance, width, height, 1.2)
    for _ in range(int(chance.integers(2, 6))):
        ridge = smooth(chance, width, 2, 1.5)[0] * chance.uniform(0.02, 0.09) + level
        below = y > ridge[None, :] * height
        texture = np.array(_colour(chance, 20, 180)) + chance.uniform(8, 30) * ground[:, :, None]
        canvas = np.where(below[:, :, None], texture.astype(np.float32), canvas)
        level += chance.uniform(0.06, 0.2)
        ground = np.roll(ground, width // 3, axis=1)
    return canvas


def _shapes(chance: np.random.Generator, width: int, height: int) -> Floats:
    corner = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    base = (
        np.array(_colour(chance)) * (1 - corner)
        + np.array(_colour(chance)) * corner
        + np.zeros((height, 1, 1))
    )
    image = Image.fromarray(base.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(int(chance.integers(8, 30))):
        points = [
            (float(chance.uniform(-0.1, 1.1) * width), float(chance.uniform(-0.1, 1.1) * height))
            for _ in range(2)
        ]
        (x, y), reach = points[0], float(chance.uniform(0.03, 0.25)) * min(width, height)
        kind = int(chance.integers(0, 4))
        if kind == 0:
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=_colour(chance))
        elif kind == 1:
            draw.rectangle((x - reach, y - reach * 0.6, x + reach, y + reach * 0.6), fill=_colour(chance))
        elif kind == 2:
            draw.polygon(
                [(x, y - reach), (x + reach, y + reach), (x - reach, y + reach * 0.7)], fill=_colour(chance)
            )
        else:
            draw.line(points, fill=_colour(chance), width=max(1, int(reach * 0.15)))
    return np.asarray(image, np.float32) + 4 * smooth(chance, width, height, 1.4)[:, :, None]
