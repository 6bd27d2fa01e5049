"""Everything one file is known by, as plain words that go through a pipe: what a sandbox's child does.

The answer is `{"kind": "image", "width", "height", "pdq", "quality"}` for a picture (of an animation the first frame),
`{"kind": "video", "duration", "frames"}` for a video, each frame `[number, seconds, quality, pdq]`. Where they are
asked for, `derived` and `looks` hold edits as `[via, tag, quality, pdq]`.
"""

import contextlib
import io
from typing import Any

from nightlight.fingerprint.errors import NotMedia
from nightlight.fingerprint.sniff import HEAD_BYTES, Kind, sniff

MOST_FRAMES = 7200  # two hours at one a second
WARM_SIDE = 96
DECODERS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF")


def warm_up() -> None:
    """Loads and compiles what `examine` needs, once for all children."""
    from PIL import Image

    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    picture = Image.effect_noise((WARM_SIDE, WARM_SIDE), 64).convert("RGB")
    for name in DECODERS:
        file = io.BytesIO()
        with contextlib.suppress(KeyError, OSError):  # one that this Pillow can't write it may still read
            picture.save(file, name)
            examine(file.getvalue(), grid="00", looks=True)
    examine(_film(picture), grid=None, looks=False)


def examine(data: bytes, *, grid: str | None, looks: bool) -> dict[str, Any]:
    """The fingerprints of a file; `grid` is the seed of the grid of edits in hex. Raises MediaError."""
    found = sniff(data[:HEAD_BYTES])
    if found is None:
        raise NotMedia("it does not begin as any picture or video format known here does")
    return _video(data) if found.kind is Kind.VIDEO else _picture(data, grid, looks=looks)


def _picture(data: bytes, seed: str | None, *, looks: bool) -> dict[str, Any]:
    from nightlight.fingerprint import decode, edits
    from nightlight.fingerprint.grid import grid
    from nightlight.fingerprint.pdq import pdq

    picture = decode.picture(data)
    hashed = pdq(picture.pixels)
    words: dict[str, Any] = {
        "kind": "image",
        "width": picture.width,
        "height": picture.height,
        "pdq": hashed.hex,
        "quality": hashed.quality,
    }
    if seed is not None:
        steps = grid(bytes.fromhex(seed))
        words["derived"] = [
            [steps[tag - 1].name, tag, each.quality, each.hex]
            for tag, each in edits.derive(picture.pixels, steps)
        ]
    if looks:
        words["looks"] = [[via, 0, each.quality, each.hex] for via, each in edits.looks(picture.pixels)]
    return words


def _video(data: bytes) -> dict[str, Any]:
    from nightlight.fingerprint import video

    found = video.frames(data)
    rows = [[each.frame, each.timestamp, each.quality, each.pdq] for each in found.frames[:MOST_FRAMES]]
    return {"kind": "video", "duration": found.duration, "frames": rows}


def _film(picture: Any) -> bytes:
    """A moment of video, to warm up with."""
    import av
    import numpy

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=4)
        stream.width = stream.height = WARM_SIDE
        frame = av.VideoFrame.from_ndarray(numpy.asarray(picture), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()
