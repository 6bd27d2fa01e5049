"""Generated pictures for the small internet: shapes and landscapes, the same for a seed every time."""

import io
import math
import random
import re
from functools import lru_cache

from PIL import Image, ImageDraw

_NAME = re.compile(r"(\d{1,6})(-small)?\.(png|jpg)")
_SIZE = (480, 360)
_SMALL = (240, 180)

Colour = tuple[int, int, int]


@lru_cache(maxsize=256)
def picture(name: str) -> tuple[str, bytes]:
    """The media type and the bytes of a picture named `17.png`, `17.jpg` or `17-small.jpg`.

    The number is the seed: the same number is the same picture, in another format or size. Raises
    `LookupError` for any other name.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise LookupError(f"no such picture: {name}")
    image = _painted(int(found[1]))
    if found[2]:
        image = image.resize(_SMALL, Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    if found[3] == "png":
        image.save(encoded, "PNG")
        return "image/png", encoded.getvalue()
    image.save(encoded, "JPEG", quality=82)
    return "image/jpeg", encoded.getvalue()


def _painted(seed: int) -> Image.Image:
    chance = random.Random(seed)
    painters = (_landscape, _shapes, _hills)
    return painters[seed % len(painters)](chance)


def _colour(chance: random.Random) -> Colour:
    return chance.randrange(30, 226), chance.randrange(30, 226), chance.randrange(30, 226)


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    """A vertical run from one colour to the other."""
    width, height = _SIZE
    column = Image.new("RGB", (1, height))
    for y in range(height):
        share = y / (height - 1)
        mixed = [round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)]
        column.putpixel((0, y), (mixed[0], mixed[1], mixed[2]))
    return column.resize((width, height))


def _landscape(chance: random.Random) -> Image.Image:
    """A sky, a sun and a sea with waves."""
    image = _gradient(_colour(chance), _colour(chance))
    draw = ImageDraw.Draw(image)
    width, height = _SIZE
    x, y, radius = chance.randrange(60, width - 60), chance.randrange(40, 150), chance.randrange(18, 50)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(250, 214, 120))
    horizon = chance.randrange(180, 280)
    draw.rectangle((0, horizon, width, height), fill=_colour(chance))
    for _ in range(24):
        left, row = chance.randrange(0, width), chance.randrange(horizon, height)
        draw.line((left, row, left + chance.randrange(20, 120), row), fill=_colour(chance), width=2)
    return image


def _shapes(chance: random.Random) -> Image.Image:
    """Circles, boxes and triangles on a gradient."""
    image = _gradient(_colour(chance), _colour(chance))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y, size = chance.randrange(0, 420), chance.randrange(0, 300), chance.randrange(20, 120)
        box = (x, y, x + size, y + chance.randrange(20, 120))
        kind = chance.randrange(3)
        if kind == 0:
            draw.ellipse(box, fill=_colour(chance))
        elif kind == 1:
            draw.rectangle(box, fill=_colour(chance))
        else:
            draw.polygon(((box[0], box[3]), (box[2], box[3]), (box[0], box[1])), fill=_colour(chance))
    return image


def _hills(chance: random.Random) -> Image.Image:
    """Ranges of hills, one behind the other."""
    image = _gradient(_colour(chance), _colour(chance))
    draw = ImageDraw.Draw(image)
    width, height = _SIZE
    for layer in range(4):
        base, swing = 150 + layer * 50, chance.randrange(15, 50)
        pace, phase = chance.uniform(40, 120), chance.uniform(0, math.tau)
        ridge = [(x, round(base + swing * math.sin(x / pace + phase))) for x in range(0, width + 8, 8)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=_colour(chance))
    return image
