"""One file described by all its fingerprints, in the form of `nightlight hash --json` (design 5.2).

Whether it is a picture or a video is decided by its content. A file that gives no fingerprint is described by its
error, so that a walk over a million files never stops.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from nightlight.fingerprint import decode
from nightlight.fingerprint.digests import Digests, digests
from nightlight.fingerprint.errors import MediaError, NotMedia, OutOfMemory, Unreadable
from nightlight.fingerprint.pdq import Mode, Pdq, of_buffer, pdq, reduced_buffer64
from nightlight.fingerprint.sniff import HEAD_BYTES, Kind, sniff
from nightlight.fingerprint.source import content, opened

Description = dict[str, Any]

Seen = Callable[[bytes, decode.Picture], None]
"""Shown the bytes of a picture and the picture, so that who needs its pixels does not decode it twice."""


def describe(
    path: Path | str, mode: Mode = Mode.FULL, limits: decode.Limits = decode.DEFAULT, seen: Seen | None = None
) -> Description:
    """`path`, `kind`, `md5`, `sha1`, `sha256` and, of a picture, `pdq`, `quality`, `width`, `height` (of an animation
    its first frame's), of a video, `duration` and `vpdq`; or `path` and `error`, "name: sentence". Never raises."""
    try:
        with opened(Path(path)) as file:
            found = sniff(file.read(HEAD_BYTES))
        if found is None:
            raise NotMedia("it does not begin as any picture or video format known here does")
        told = partial(_picture, seen=seen) if found.kind is Kind.IMAGE else _video
        return {"path": str(path), "kind": str(found.kind), **told(Path(path), mode, limits)}
    except MediaError as error:
        return {"path": str(path), "error": str(error)}
    except MemoryError:
        return {"path": str(path), "error": str(OutOfMemory("it does not fit into memory"))}
    except OSError:
        return {"path": str(path), "error": str(Unreadable("reading it failed"))}


def hashed(
    data: bytes, mode: Mode = Mode.FULL, limits: decode.Limits = decode.DEFAULT
) -> tuple[Pdq, int, int]:
    """The hash, width and height of a picture. Raises a MediaError.

    `fast` reads no more of a JPEG than the hash needs.
    """
    light = decode.luminance(data, limits) if mode is Mode.FAST else None
    if light is not None and light.by > 1:
        buffer = reduced_buffer64(light.plane, light.height, light.width, light.by)
        return of_buffer(buffer), light.width, light.height
    if light is not None:
        return pdq(light.plane, mode), light.width, light.height
    picture = decode.picture(data, limits=limits)
    return pdq(picture.pixels, mode), picture.width, picture.height


def _picture(path: Path, mode: Mode, limits: decode.Limits, seen: Seen | None) -> Description:
    data = content(path, limits.bytes)
    if seen is None:
        found, width, height = hashed(data, mode, limits)
    else:
        picture = decode.picture(data, limits=limits)
        found, width, height = pdq(picture.pixels, mode), picture.width, picture.height
        seen(data, picture)
    return {
        **_words(digests(data)),
        "pdq": found.hex,
        "quality": found.quality,
        "width": width,
        "height": height,
    }


def _video(path: Path, mode: Mode, limits: decode.Limits) -> Description:
    from nightlight.fingerprint import video  # FFmpeg takes 50 ms to load, and most files are pictures

    film = video.frames(path, mode=mode)
    with opened(path) as file:
        whole = digests(file)
    vpdq = [
        {"frame": each.frame, "timestamp": each.timestamp, "quality": each.quality, "pdq": each.pdq}
        for each in film.frames
    ]
    return {**_words(whole), "duration": film.duration, "vpdq": vpdq}


def _words(found: Digests) -> dict[str, str]:
    return {"md5": found.md5, "sha1": found.sha1, "sha256": found.sha256}
