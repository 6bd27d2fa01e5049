"""A video file opened for FFmpeg, with no way out of it, and what its container says of itself.

FFmpeg is handed an open file and the one demuxer that the first bytes call for, so that no file can make it open
others.
"""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

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
from nightlight.fingerprint.sniff import HEAD_BYTES, Kind, sniff
from nightlight.fingerprint.source import opened

READ_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a video may cost: packets (9 hours at 60 a second), frames hashed, pixels of a frame, real seconds."""

    packets: int = 2_000_000
    frames: int = 100_000
    pixels: int = 40_000_000
    seconds: float = 600.0


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Shape:
    """What the container says: frames a second or 0, seconds or 0, and how long its unit of time is in seconds."""

    rate: float
    duration: float
    tick: Fraction


def shape_of(container: InputContainer, stream: VideoStream) -> Shape:
    rate = float(stream.average_rate or stream.base_rate or 0)
    duration = float(container.duration or 0) / av.time_base
    if not duration and stream.duration and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    rate = rate if math.isfinite(rate) and rate > 0 else 0.0
    return Shape(rate, round(max(0.0, duration), 6), stream.time_base or Fraction(0))


def video_stream(container: InputContainer, limits: Limits) -> VideoStream:
    """The first video stream that is no cover picture. Decoded on one thread, so that frames can be left out."""
    streams = container.streams.video
    if not streams:
        raise NotMedia("it has no video stream")
    stream = next((each for each in streams if not _is_cover(each)), streams[0])
    if stream.codec_context is None:
        raise Unsupported("its video is in a code that can't be read here")
    if stream.codec_context.width * stream.codec_context.height > limits.pixels:
        raise TooLarge(f"its frames have more than {limits.pixels} pixels")
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(limits.pixels)}
    return stream


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & stream.disposition.__class__.attached_pic)


class _Within(io.BufferedIOBase):
    """A file in which no seek fails: damaged files ask for places before the beginning, and PyAV tells the terminal."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._file.tell()}.get(whence)
        if base is None:
            base = self._file.seek(0, io.SEEK_END)
        return self._file.seek(min(max(0, base + offset), 2**62))

    def tell(self) -> int:
        return self._file.tell()


@contextmanager
def opened_video(source: bytes | Path) -> Iterator[InputContainer]:
    file: BinaryIO = opened(source) if isinstance(source, Path) else io.BytesIO(source)
    with file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if not head:
            raise Empty("there are no bytes")
        found = sniff(head)
        if found is None or found.kind is not Kind.VIDEO:
            raise NotMedia("it does not begin as any video format known here does")
        with av.open(
            _Within(file), "r", format=found.decoder, buffer_size=READ_BYTES, metadata_errors="replace"
        ) as container:
            yield container


@contextmanager
def named() -> Iterator[None]:
    """Gives whatever FFmpeg raises one of our names."""
    try:
        yield
    except (MediaError, GeneratorExit):
        raise
    except MemoryError as error:
        raise OutOfMemory("its frames do not fit into memory") from error
    except av.EOFError as error:
        raise Truncated("it ends before its video does") from error
    except (av.DecoderNotFoundError, av.PatchWelcomeError) as error:
        raise Unsupported("its video is in a code that can't be read here") from error
    except (av.FFmpegError, OSError) as error:
        raise Unreadable("its content is broken") from error
    except Exception as error:  # PyAV also raises IndexError, ValueError and others on damaged files
        raise Unreadable("its content makes no sense") from error


def shown_at(packet: "Packet[VideoStream]", stream: VideoStream) -> int | None:
    """When a packet's frame is shown. AVI tells only when it is decoded: the same, unless frames change places."""
    return packet.dts if packet.pts is None and not stream.codec_context.has_b_frames else packet.pts
