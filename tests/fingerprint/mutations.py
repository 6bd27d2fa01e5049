"""Damaged pictures and videos without end: seeds of every format, and what can happen to their bytes.

As a program it describes many of them and says each thousand how much memory that took:
`python -m tests.fingerprint.mutations FOLDER FIRST COUNT`.
"""

import io
import random
import resource
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pillow_heif
from PIL import Image

from nightlight.fingerprint.errors import Trouble
from nightlight.fingerprint.media import describe
from nightlight.fingerprint.pdq import Mode
from tests.fingerprint.drawings import encoded, film, hills

INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@cache
def seeds() -> tuple[bytes, ...]:
    """One small file of each format and variety."""
    drawn = hills(48, 64)
    image = Image.fromarray(drawn)
    heic = io.BytesIO()
    pillow_heif.from_pillow(image).save(heic, quality=60)
    moving = [Image.fromarray(hills(48, 64, 30 * number)) for number in range(3)]
    files = [heic.getvalue()]
    for form in ("GIF", "WEBP", "PNG", "AVIF", "TIFF"):
        file = io.BytesIO()
        moving[0].save(file, form, save_all=True, append_images=moving[1:], duration=50)
        files.append(file.getvalue())
    cmyk, palette = io.BytesIO(), io.BytesIO()
    image.convert("CMYK").save(cmyk, "JPEG")
    image.quantize(16).save(palette, "PNG")
    exif = Image.Exif()
    exif[274] = 6
    files += [
        cmyk.getvalue(),
        palette.getvalue(),
        encoded(drawn, "JPEG", exif=exif),
        encoded(drawn, "JPEG", progressive=True),
        encoded(drawn, "PNG"),
        encoded(drawn, "BMP"),
        encoded(drawn, "WEBP", lossless=True),
        encoded(drawn, "TIFF", compression="tiff_lzw"),
        encoded(drawn, "TIFF", compression="jpeg"),
        encoded(drawn, "TIFF", compression="tiff_deflate"),
        encoded(drawn, "TIFF", compression="packbits"),
    ]
    small = {"seconds": 2, "size": (64, 48), "rate": 5}
    files += [
        film(**small, options={"g": "4", "bf": "2"}),
        film(**small, container="matroska", options={"g": "4"}),
        film(**small, codec="libvpx-vp9", container="webm"),
        film(**small, codec="libvpx", container="webm"),
        film(**small, codec="libx265", options={"x265-params": "keyint=4:log-level=none"}),
        film(**small, codec="mpeg4", container="avi"),
        film(**small, codec="flv1", container="flv"),
        film(**{**small, "rate": 25}, codec="mpeg2video", container="mpegts"),
        film(**{**small, "rate": 25}, codec="mpeg2video", container="mpeg"),
        film(**small, codec="wmv2", container="asf"),
        film(**small, codec="mjpeg", container="avi", pixel_format="yuvj420p"),
    ]
    return tuple(files)


def mutated(number: int) -> bytes:
    """Damaged file number `number`: the same on every machine with the same encoders."""
    chance = random.Random(number)
    raw = bytearray(seeds()[number % len(seeds())])
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        chance.choice(_DAMAGE)(raw, chance)
    return bytes(raw)


def _flip(raw: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 10, 40))):
        if raw:
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)


def _flip_head(raw: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 2, 4))):
        if raw:
            raw[chance.randrange(min(len(raw), 256))] ^= 1 << chance.randrange(8)


def _number(raw: bytearray, chance: random.Random) -> None:
    size = chance.choice((1, 2, 4))
    value = chance.choice(INTERESTING) & ((1 << 8 * size) - 1)
    start = chance.randrange(max(1, len(raw) - size))
    raw[start : start + size] = value.to_bytes(size, chance.choice(("big", "little")))


def _cut(raw: bytearray, chance: random.Random) -> None:
    del raw[chance.randrange(len(raw) + 1) :]


def _drop(raw: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(raw) + 1)
    del raw[start : start + chance.choice((1, 4, 64, 1000))]


def _repeat(raw: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(raw) + 1)
    piece = raw[start : start + chance.choice((4, 64, 1000))]
    raw[start:start] = piece * chance.choice((1, 2, 20))


def _splice(raw: bytearray, chance: random.Random) -> None:
    other = chance.choice(seeds())
    start, place = chance.randrange(len(other)), chance.randrange(len(raw) + 1)
    piece = other[start : start + chance.choice((8, 100, 2000))]
    raw[place : place + chance.choice((0, len(piece)))] = piece


def _blank(raw: bytearray, chance: random.Random) -> None:
    start, size = chance.randrange(len(raw) + 1), chance.choice((4, 64, 1000))
    size = min(size, len(raw) - start)
    raw[start : start + size] = bytes([chance.choice((0, 255))]) * size


_DAMAGE: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip,
    _flip_head,
    _flip_head,
    _number,
    _number,
    _cut,
    _drop,
    _repeat,
    _splice,
    _blank,
)


def answered(number: int, folder: Path) -> str:
    """The kind of answer that damaged file number `number` gets: a kind of media, or the name of an error.

    Raises AssertionError for anything else.
    """
    path = folder / "damaged"
    path.write_bytes(mutated(number))
    told = describe(path, Mode.FAST if number % 3 == 0 else Mode.FULL)
    if "error" in told:
        name = told["error"].partition(":")[0]
        assert name in set(Trouble), told
        return str(name)
    hashes = [told["pdq"]] if told["kind"] == "image" else [each["pdq"] for each in told["vpdq"]]
    assert hashes and all(len(each) == 64 for each in hashes), told
    return str(told["kind"])


def main() -> None:
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, first + count):
        (folder / "number").write_text(str(number))
        answered(number, folder)
        if (number - first) % 1000 == 999:
            kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            sys.stdout.write(f"{number - first + 1} {kibibytes // 1024}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
