"""Pictures and videos drawn by arithmetic on whole numbers, so that every machine draws the same."""

import io

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def hills(height: int, width: int, phase: int = 0) -> Pixels:
    """Overlapping waves with a lamp in them, uint8 (height, width, 3): smooth, coloured, without symmetry."""
    y, x = np.mgrid[0:height, 0:width]
    red = _wave(x * 700 // width + 3 * phase) + _wave(y * 400 // height + phase)
    green = _wave((x * 300 // width + y * 500 // height) * 2 + 5 * phase)
    blue = _wave(y * 900 // height + x * 200 // width - 2 * phase)
    drawn = np.stack([red // 2, green, (blue + green) // 2], axis=2)
    top, left = (5 + phase * 7) % 60 * height // 100, (11 + phase * 13) % 70 * width // 100
    drawn[top : top + height // 5 + 1, left : left + width // 6 + 1] = (242, 184, 75)
    return drawn.astype(np.uint8)


def grain(height: int, width: int, seed: int = 1) -> Pixels:
    """Every byte at random."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _wave(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """A triangle between 0 and 254 with a period of 256 steps, rounded at its ends."""
    fold = np.abs(steps % 256 - 128) * 2
    return np.minimum(fold * fold // 200, 254 - (255 - np.minimum(fold, 254)) // 2)


def encoded(pixels: Pixels, form: str, **options: object) -> bytes:
    """The picture in a file format of Pillow's."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def film(
    seconds: int = 4,
    *,
    size: tuple[int, int] = (160, 120),
    rate: int = 10,
    codec: str = "libx264",
    container: str = "mp4",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
) -> bytes:
    """A video of moving hills that change every second."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as written:
        stream = written.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        for number in range(seconds * rate):
            pixels = hills(size[1], size[0], 40 * (number // rate) + number % rate)
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                written.mux(packet)
        for packet in stream.encode():
            written.mux(packet)
    return file.getvalue()
