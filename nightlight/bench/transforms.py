"""What is done to pictures in the benchmark of edits: Thorn's table, then single edits of our own.

Thorn's are those of perception's documentation (thorn-oss/perception, docs/examples/benchmarking.rst), which
imgaug (aleju/imgaug 0.4) carries out; what its words mean is in each docstring. Proportions are kept nowhere
but where a docstring says so.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Transform:
    """`name` as printed; `group` is `thorn` or `single`; `change` makes a new picture of a picture and a seed.

    `least` is the recall that must be reached through edits, `aim` what we aim for; nothing where it need only
    be as plain.
    """

    name: str
    group: str
    change: Callable[[Pixels, int], Pixels]
    least: float | None = None
    aim: float | None = None


def cropped(pixels: Pixels, left: float, top: float, right: float, bottom: float) -> Pixels:
    """Shares of width or height cut off each side, not resized afterwards (imgaug `Crop`, `keep_size=False`)."""
    height, width = pixels.shape[:2]
    rows = slice(round(top * height), height - round(bottom * height))
    return np.ascontiguousarray(pixels[rows, round(left * width) : width - round(right * width)])


def padded(
    pixels: Pixels, left: float, top: float, right: float, bottom: float, colour: Colour = BLACK
) -> Pixels:
    """Bars of one colour added, in shares of the picture's width or height (imgaug `Pad`, `keep_size=False`)."""
    height, width = pixels.shape[:2]
    before, after = (round(top * height), round(left * width)), (round(bottom * height), round(right * width))
    out = np.empty((before[0] + height + after[0], before[1] + width + after[1], 3), np.uint8)
    out[:] = colour
    out[before[0] : before[0] + height, before[1] : before[1] + width] = pixels
    return out


def rotated(pixels: Pixels, degrees: float, colour: Colour = BLACK, *, expand: bool = False) -> Pixels:
    """Turned clockwise about the centre, bilinear, corners filled (imgaug `Affine(rotate=)`: canvas kept, black)."""
    turned = Image.fromarray(pixels).rotate(
        -degrees, Image.Resampling.BILINEAR, expand=expand, fillcolor=colour
    )
    return np.asarray(turned)


def straightened(pixels: Pixels, degrees: float) -> Pixels:
    """Turned and cut to the largest box of the same proportions without an empty corner."""
    height, width = pixels.shape[:2]
    angle = np.radians(abs(degrees))
    share = 1 / (np.cos(angle) + np.sin(angle) * max(width / height, height / width))
    cut = float(1 - share) / 2
    return cropped(rotated(pixels, degrees), cut, cut, cut, cut)


def resized(pixels: Pixels, factor: float) -> Pixels:
    """Scaled by one factor, proportions kept."""
    height, width = pixels.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Through JPEG and back. imgaug's `JpegCompression(95)` is a strength: it stands for quality 5."""
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=quality)
    return np.asarray(Image.open(encoded).convert("RGB"))


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(sigma)))


def gamma(pixels: Pixels, exponent: float) -> Pixels:
    """255 * (v / 255) ** exponent (imgaug `GammaContrast`)."""
    levels = np.round(255 * (np.arange(256) / 255) ** exponent)
    return levels.astype(np.uint8)[pixels]


def noisy(pixels: Pixels, deviation: float, seed: int) -> Pixels:
    """Gaussian noise, one value per pixel for all channels (imgaug's default)."""
    noise = np.random.default_rng(seed).normal(0, deviation, (*pixels.shape[:2], 1))
    return np.clip(np.round(pixels + noise), 0, 255).astype(np.uint8)


def vignetted(pixels: Pixels) -> Pixels:
    """Darkened towards the edges by a Gaussian whose deviation is half a side."""
    height, width = pixels.shape[:2]
    rows: NDArray[np.float64] = np.exp(-0.5 * ((np.arange(height) - (height - 1) / 2) / (height / 2)) ** 2)
    columns = np.exp(-0.5 * ((np.arange(width) - (width - 1) / 2) / (width / 2)) ** 2)
    darkened: Pixels = (pixels * (rows[:, None] * columns)[:, :, None]).astype(np.uint8)
    return darkened


def watermarked(pixels: Pixels) -> Pixels:
    """A black word, a fifth of the width, nearly opaque (200 of 255), at the lower left."""
    image = Image.fromarray(pixels).convert("RGBA")
    width, height = image.size
    font = ImageFont.load_default(size=100)
    size = 100 * 0.2 * width / font.getlength("TEST")
    word = Image.new("RGBA", image.size, (0, 0, 0, 0))
    place = (size * 0.7, height - size * 1.7)
    ImageDraw.Draw(word).text(
        place, "TEST", (0, 0, 0, 200), ImageFont.load_default(size=size), stroke_width=1
    )
    return np.asarray(Image.alpha_composite(image, word).convert("RGB"))


def _between(seed: int, low: float, high: float) -> float:
    return float(np.random.default_rng(seed).uniform(low, high))


def _one_side(pixels: Pixels, seed: int, least: float, most: float) -> Pixels:
    """One side, chosen by the seed, cut by a share between two."""
    cut = [0.0] * 4
    cut[seed % 4] = _between(seed, least, most)
    return cropped(pixels, *cut)


def _corner(pixels: Pixels, seed: int) -> Pixels:
    amount = _between(seed, 0.01, 0.05)
    cuts = ((amount, amount, 0, 0), (0, amount, amount, 0), (0, 0, amount, amount), (amount, 0, 0, amount))
    return cropped(pixels, *cuts[seed % 4])


def _uneven_bars(pixels: Pixels, seed: int) -> Pixels:
    chance = np.random.default_rng(seed)
    left, top, right, bottom = (float(share) for share in chance.uniform(0, 0.25, 4))
    red, green, blue = (int(value) for value in chance.integers(0, 256, 3))
    return padded(pixels, left, top, right, bottom, (red, green, blue))


TRANSFORMS = (
    Transform("blur, sigma 2", "thorn", lambda p, s: blurred(p, 2)),
    Transform("JPEG, quality 5", "thorn", lambda p, s: jpeg(p, 5)),
    Transform("gamma 2", "thorn", lambda p, s: gamma(p, 2)),
    Transform("noise, 20 % of range", "thorn", lambda p, s: noisy(p, 51, s)),
    Transform("watermark", "thorn", lambda p, s: watermarked(p)),
    Transform("vignette", "thorn", lambda p, s: vignetted(p)),
    Transform("resized to half", "thorn", lambda p, s: resized(p, 0.5)),
    Transform("crop 5 % of each side", "thorn", lambda p, s: cropped(p, 0.05, 0.05, 0.05, 0.05), 0.90, 0.99),
    Transform("rotation 4 degrees", "thorn", lambda p, s: rotated(p, 4), 0.90, 0.99),
    Transform("padding 20 %, top and bottom", "thorn", lambda p, s: padded(p, 0, 0.2, 0, 0.2), 0.95, 0.99),
    Transform("crop of one side, 1 to 8 %", "single", lambda p, s: _one_side(p, s, 0.01, 0.08)),
    Transform(
        "crop of each side, 1 to 8 %", "single", lambda p, s: cropped(p, *[_between(s, 0.01, 0.08)] * 4)
    ),
    Transform("crop of two sides at a corner, 1 to 5 %", "single", _corner),
    Transform("rotation -4 to 4 degrees", "single", lambda p, s: rotated(p, _between(s, -4, 4))),
    Transform("the same, cut straight", "single", lambda p, s: straightened(p, _between(s, -4, 4))),
    Transform("the same, canvas grown", "single", lambda p, s: rotated(p, _between(s, -4, 4), expand=True)),
    Transform("rotation 4 degrees, white corners", "single", lambda p, s: rotated(p, 4, (255, 255, 255))),
    Transform("uneven bars of any colour, JPEG 60", "single", lambda p, s: jpeg(_uneven_bars(p, s), 60)),
    Transform(
        "mirrored, crop 5 % of each side",
        "single",
        lambda p, s: np.ascontiguousarray(cropped(p, 0.05, 0.05, 0.05, 0.05)[:, ::-1]),
    ),
    Transform("turned by 90 degrees", "single", lambda p, s: np.ascontiguousarray(np.rot90(p))),
    Transform(
        "crop 5 %, halved, JPEG 60",
        "single",
        lambda p, s: jpeg(resized(cropped(p, 0.05, 0.05, 0.05, 0.05), 0.5), 60),
    ),
    Transform(
        "crop of each side by an amount of its own, 0 to 5 %", "single", lambda p, s: cropped(p, *_four(s))
    ),
)


def _four(seed: int) -> list[float]:
    return [float(share) for share in np.random.default_rng(seed).uniform(0, 0.05, 4)]
