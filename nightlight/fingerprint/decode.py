"""Pictures of every kind to RGB bytes, with the colours a person sees, or a named error.

JPEG goes to libjpeg-turbo without a copy; what that won't take (CMYK, small damage) and every other format goes to
Pillow, HEIC with libheif. Palettes, CMYK, 16 bits and grey become RGB; what is transparent is laid on white. Sizes
are checked before pixels are decoded, so a bomb costs nothing.
"""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageOps

from nightlight.fingerprint.errors import (
    Empty,
    MediaError,
    NotMedia,
    OutOfMemory,
    TooLarge,
    Truncated,
    Unreadable,
    Unsupported,
)
from nightlight.fingerprint.sniff import HEAD_BYTES, HEIC, JPEG, WEBP, Format, Kind, sniff, webp_size
from nightlight.fingerprint.source import content

Pixels = NDArray[np.uint8]

# For `fast`: from so many pixels on the shorter side, every so-manyth is enough to stay within 4 bits (measured).
REDUCED = ((1000, 4), (700, 2))

# Pixels are counted here, with limits of our own, and damage has its names.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture may cost: bytes of the file, pixels of a frame, frames looked at, passes of a JPEG."""

    bytes: int = 256 * 1024 * 1024
    pixels: int = 120_000_000
    frames: int = 100
    passes: int = 100


DEFAULT = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """`pixels` is uint8 (height, width, 3) RGB; `format` a word such as `jpeg`."""

    pixels: Pixels
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True, eq=False)
class Luminance:
    """The luminance of a picture of `height` by `width`, uint8, reduced `by` times (1: not) to (h, w)."""

    plane: Pixels
    width: int
    height: int
    by: int


def picture(data: bytes | Path, *, orient: bool = False, limits: Limits = DEFAULT) -> Picture:
    """The picture, of an animation the first frame; turned as its EXIF says if `orient`.

    Lists were made without turning, so that is the default; in TIFF and HEIC the turn belongs to the picture itself
    and is always made. Raises a :class:`MediaError`.
    """
    raw, found = _of_kind_image(data, limits)
    if found is JPEG:
        pixels = _turbo(raw, limits)
        if pixels is not None:
            return _pictured(_turned(pixels, raw) if orient else pixels, found)
    with _named(), _opened(raw, found, limits) as image:
        return _pictured(_rgb(_upright(image) if orient else image), found)


def pictures(data: bytes | Path, *, orient: bool = False, limits: Limits = DEFAULT) -> Iterator[Picture]:
    """The frames of an animation in order, of a still picture, it. As :func:`picture`.

    Up to `limits.frames`, and to `limits.pixels` in all of them. An animation that breaks off after its first frame
    ends there.
    """
    raw, found = _of_kind_image(data, limits)
    if found is JPEG:
        yield picture(raw, orient=orient, limits=limits)
        return
    number = pixels = 0
    with _named(), _opened(raw, found, limits) as image:
        while number < limits.frames and pixels + image.width * image.height <= limits.pixels:
            try:
                image.seek(number)
                _check_size(*image.size, limits)
                drawn = _rgb(_upright(image) if orient else image)
            except Exception:
                if number == 0:
                    raise
                return
            yield _pictured(drawn, found)
            number += 1
            pixels += image.width * image.height


def luminance(data: bytes | Path, limits: Limits = DEFAULT) -> Luminance | None:
    """The luminance of a JPEG for the `fast` mode, from large ones every second or fourth row and column.

    None if it is no JPEG that libjpeg-turbo takes whole: then only :func:`picture` can tell.
    """
    raw, found = _of_kind_image(data, limits)
    if found is not JPEG or not _fits_turbo(raw, limits):
        return None
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(raw)
        by = next((by for side, by in REDUCED if min(height, width) >= side), 1)
        smallest = (-(-height // by), -(-width // by))
        plane = simplejpeg.decode_jpeg(
            raw, "GRAY", fastdct=False, min_height=smallest[0], min_width=smallest[1], min_factor=by
        )[:, :, 0]
    except (ValueError, MemoryError):
        return None
    if plane.shape != smallest:
        return None
    return Luminance(plane, width, height, by)


def _of_kind_image(data: bytes | Path, limits: Limits) -> tuple[bytes, Format]:
    raw = content(data, limits.bytes)
    found = sniff(raw[:HEAD_BYTES])
    if found is None or found.kind is not Kind.IMAGE:
        raise NotMedia("it does not begin as any picture format known here does")
    return raw, found


def _pictured(pixels: Pixels, found: Format) -> Picture:
    height, width = pixels.shape[:2]
    return Picture(pixels, width, height, found.name)


def _fits_turbo(raw: bytes, limits: Limits) -> bool:
    """Whether libjpeg-turbo can be given this JPEG. Raises TooLarge; leaves broken headers to Pillow's judgement."""
    if _passes(raw) > limits.passes:
        raise TooLarge(f"it has more than {limits.passes} passes")
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(raw)
    except ValueError:
        return False
    _check_size(width, height, limits)
    return space in ("Gray", "YCbCr", "RGB")


def _passes(raw: bytes) -> int:
    """How often a decoder goes over the whole picture of a JPEG: once if its first scan holds all of its components
    (ITU-T T.81, B.2), else at most once for each marker of a scan, which entropy-coded data never contains."""
    place, components = 2, 0
    while raw[place : place + 1] == b"\xff" and place + 10 < len(raw):
        marker = raw[place + 1]
        if marker in _SEQUENTIAL:
            components = raw[place + 9]
        elif marker == _SCAN and raw[place + 4] == components:
            return 1
        elif marker == _SCAN:
            break
        place += 1 if marker == 0xFF else 2 + int.from_bytes(raw[place + 2 : place + 4], "big")
    return raw.count(b"\xff\xda")


def _turbo(raw: bytes, limits: Limits) -> Pixels | None:
    if not _fits_turbo(raw, limits):
        return None
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(raw, "RGB", fastdct=False, fastupsample=False)
    except ValueError:
        return None
    except MemoryError as error:
        raise OutOfMemory("its pixels do not fit into memory") from error
    return pixels


_SEQUENTIAL = (0xC0, 0xC1, 0xC9)
_SCAN = 0xDA

# EXIF orientation (TIFF tag 274) to what turns the pixels upright.
_ORIENTATION = 274
_TURNS: dict[int, Callable[[Pixels], Pixels]] = {
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: pixels.transpose(1, 0, 2),
    6: lambda pixels: np.rot90(pixels, 3),
    7: lambda pixels: np.rot90(pixels, 2).transpose(1, 0, 2),
    8: np.rot90,
}


def _turned(pixels: Pixels, raw: bytes) -> Pixels:
    try:
        with Image.open(io.BytesIO(raw), formats=["JPEG"]) as image:
            turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # whatever is wrong with what the camera noted, the pixels are good
        return pixels
    return np.ascontiguousarray(turn(pixels)) if turn else pixels


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (MemoryError, Image.DecompressionBombError):
        raise
    except Exception:
        return image


@contextmanager
def _opened(raw: bytes, found: Format, limits: Limits) -> Iterator[Image.Image]:
    if found is HEIC:
        _learn_heic()
    if found is WEBP and (size := webp_size(raw)):
        _check_size(*size, limits)
    if found is JPEG:
        _fits_turbo(raw, limits)
    with Image.open(io.BytesIO(raw), formats=[found.decoder]) as image:
        _check_size(*image.size, limits)
        yield image


@cache
def _learn_heic() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise TooLarge(f"it has {width} by {height} pixels, more than {limits.pixels}")
    if width < 1 or height < 1:
        raise Empty("it has no pixels")


def _rgb(image: Image.Image) -> Pixels:
    image.load()
    if image.mode == "RGB" and "transparency" not in image.info:
        return np.asarray(image)
    if image.mode.startswith("I;16"):
        return _grey(np.asarray(image.convert("I")) >> 8)
    if image.mode == "I":
        return _grey(_scaled(np.asarray(image)))
    if image.mode == "F":
        return _grey(_scaled(np.nan_to_num(np.asarray(image), nan=0.0)))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return np.asarray(Image.alpha_composite(paper, layer).convert("RGB"))
    return np.asarray(image.convert("RGB"))


def _scaled(values: NDArray[np.int32] | NDArray[np.float32]) -> NDArray[np.float64]:
    """Numbers without a known white: 1, 255 or 65535, whichever is the first that they stay within."""
    most = float(values.max(initial=0))
    whites = (1.0, 255.0, 65535.0) if values.dtype.kind == "f" else (255.0, 65535.0)
    white = next((white for white in whites if most <= white), most)
    return np.clip(values, 0, white).astype(np.float64) * (255.0 / white)


def _grey(values: NDArray[np.generic]) -> Pixels:
    return np.repeat(np.clip(values, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


# What decoders say of a file that ends too early.
_SHORT = ("truncated", "premature", "end of file", "unexpected end", "not enough data", "insufficient")


@contextmanager
def _named() -> Iterator[None]:
    """Gives whatever a decoder raises one of our names: they raise nearly everything on damaged files."""
    try:
        yield
    except (MediaError, GeneratorExit):
        raise
    except MemoryError as error:
        raise OutOfMemory("its pixels do not fit into memory") from error
    except Image.DecompressionBombError as error:
        raise TooLarge("it has more pixels than a picture may have") from error
    except (NotImplementedError, KeyError) as error:
        raise Unsupported("a variety of its format that can't be read here") from error
    except Exception as error:
        words = str(error).lower()
        if words.startswith("conversion from"):
            raise Unsupported("it has colours of a kind that can't be read here") from error
        if isinstance(error, EOFError) or any(short in words for short in _SHORT):
            raise Truncated("it ends before its picture does") from error
        raise Unreadable("its content is broken") from error
