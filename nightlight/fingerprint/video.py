"""vPDQ: a video as the PDQ hashes of some of its frames, each with its number, time and quality.

The frames are those that Meta's vpdq takes: number 0, and every `int(every * frame rate)`-th after it. FFmpeg
decodes, through PyAV; it is handed an open file and the one demuxer that the first bytes call for, so that no file
can make it open others. Every loop has a cap, and whatever goes wrong has a name.
"""

import io
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from nightlight.fingerprint.errors import (
    Empty,
    MediaError,
    NotMedia,
    OutOfMemory,
    TimedOut,
    TooLarge,
    Truncated,
    Unreadable,
    Unsupported,
)
from nightlight.fingerprint.pdq import Mode, Pixels, pdq
from nightlight.fingerprint.sniff import HEAD_BYTES, Kind, sniff
from nightlight.fingerprint.source import opened
from nightlight.fingerprint.video_match import Rule, Verdict, VideoMatch, compare
from nightlight.fingerprint.video_plan import Do, Packets, Plan, plan

__all__ = ["Frame", "Limits", "Rule", "Verdict", "Video", "VideoMatch", "compare", "frames"]

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
class Frame:
    """One hashed frame: its number from 0, its time in seconds from the first frame, quality, 64 hex digits."""

    frame: int
    timestamp: float
    quality: int
    pdq: str


@dataclass(frozen=True, slots=True)
class Video:
    """`duration` in seconds (0 if the file doesn't tell), and the hashed frames in order; at least one."""

    duration: float
    frames: list[Frame]


def frames(
    source: bytes | Path,
    every: float = 1.0,
    *,
    key_frames: bool = False,
    mode: Mode = Mode.FULL,
    limits: Limits = DEFAULT,
    clock: Callable[[], float] = time.monotonic,
) -> Video:
    """Hash a frame `every` so many seconds (0: each frame), or the key frames alone. Raises a :class:`MediaError`.

    Frames before damage are given if there are any.
    """
    deadline = clock() + limits.seconds

    def tick() -> None:
        if clock() > deadline:
            raise TimedOut(f"it takes longer than {limits.seconds:g} seconds")

    with _named():
        packets, shape = _surveyed(source, limits, tick)
        step = max(1, int(every * shape.rate)) if shape.rate else 1
        todo = plan(packets, step, key_frames=key_frames)
        if todo is not None and len(todo.numbers) > limits.frames:
            raise TooLarge(f"more than {limits.frames} of its frames would be hashed")
        found = _planned(source, todo, shape, mode, limits, tick) if todo is not None else None
        if found is None:
            found = _counted(source, step, shape, mode, limits, tick, key_frames=key_frames)
    if not found:
        raise Unreadable("not one of its frames can be decoded")
    return Video(shape.duration, found)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the container says: frames a second or 0, seconds or 0, and how long its unit of time is in seconds."""

    rate: float
    duration: float
    tick: Fraction


def _surveyed(source: bytes | Path, limits: Limits, tick: Callable[[], None]) -> tuple[Packets, _Shape]:
    """A first pass that only reads: the packets, without a frame decoded."""
    packets = Packets()
    with _container(source) as container:
        stream = _stream(container, limits)
        shape = _shape(container, stream)
        try:
            for packet in container.demux(stream):
                if packet.size == 0:
                    continue
                tick()
                packets.add(_time(packet, stream), key=packet.is_keyframe, shown=not packet.is_discard)
                if len(packets) > limits.packets:
                    raise TooLarge(f"it has more than {limits.packets} packets")
        except av.FFmpegError:
            if not len(packets):
                raise
    if not len(packets):
        raise Empty("its video stream has no packets")
    return packets, shape


def _planned(
    source: bytes | Path, todo: Plan, shape: _Shape, mode: Mode, limits: Limits, tick: Callable[[], None]
) -> list[Frame] | None:
    """The second pass: the wanted frames by their times; None if the decoder did not give them all."""
    found: dict[int, Frame] = {}
    begin = min(todo.numbers, default=0)
    with _container(source) as container:
        try:
            for frame in _walked(container, _stream(container, limits), todo, tick):
                number = todo.numbers.get(frame.pts) if frame.pts is not None else None
                # What looks damaged is judged again with every frame decoded.
                if frame.pts is None or number is None or number in found or frame.is_corrupt:
                    continue
                seconds = float((frame.pts - begin) * shape.tick)
                found[number] = _hashed(frame, number, seconds, mode, limits)
        except av.FFmpegError:
            return None
    if len(found) < len(todo.numbers):
        return None
    return [found[number] for number in sorted(found)]


def _walked(
    container: InputContainer, stream: VideoStream, todo: Plan, tick: Callable[[], None]
) -> Iterator[VideoFrame]:
    """The frames that come out when each packet is treated as planned."""
    decoder = stream.codec_context
    packets = (packet for packet in container.demux(stream) if packet.size)
    for position, (packet, do) in enumerate(zip(packets, todo.steps, strict=False)):
        tick()
        if position in todo.restarts:
            yield from decoder.decode(None)
            decoder.flush_buffers()
        if do != Do.SKIP:
            packet.pts = _time(packet, stream)
            decoder.skip_frame = "DEFAULT" if do == Do.SHOW else "NONREF"
            yield from decoder.decode(packet)
    yield from decoder.decode(None)


def _time(packet: "Packet[VideoStream]", stream: VideoStream) -> int | None:
    """When a packet's frame is shown. AVI tells only when it is decoded: the same, unless frames change places."""
    return packet.dts if packet.pts is None and not stream.codec_context.has_b_frames else packet.pts


def _counted(
    source: bytes | Path,
    step: int,
    shape: _Shape,
    mode: Mode,
    limits: Limits,
    tick: Callable[[], None],
    *,
    key_frames: bool,
) -> list[Frame]:
    """Every frame decoded and counted as it comes: for files without times, or with damage."""
    found: list[Frame] = []
    begin: float | None = None
    with _container(source) as container:
        stream = _stream(container, limits)
        try:
            for number, frame in enumerate(_decoded(container, stream, tick)):
                seconds = (
                    float(frame.pts * shape.tick) if frame.pts is not None else number / (shape.rate or 25.0)
                )
                begin = seconds if begin is None else begin
                if frame.key_frame if key_frames else number % step == 0:
                    found.append(_hashed(frame, number, seconds - begin, mode, limits))
                if number > limits.packets or len(found) > limits.frames:
                    raise TooLarge(f"it has more than {number} frames")
        except av.FFmpegError:
            if not found:
                raise
    return found


def _decoded(
    container: InputContainer, stream: VideoStream, tick: Callable[[], None]
) -> Iterator[VideoFrame]:
    broken = 0
    for packet in container.demux(stream):
        tick()
        try:
            yield from stream.codec_context.decode(packet if packet.size else None)
        except av.FFmpegError:
            # A damaged packet loses its own frames, not the rest of the film.
            broken += 1
            if broken > 1000:
                raise


def _hashed(frame: VideoFrame, number: int, seconds: float, mode: Mode, limits: Limits) -> Frame:
    if frame.width * frame.height > limits.pixels:
        raise TooLarge(f"a frame has more than {limits.pixels} pixels")
    found = pdq(_pixels(frame), mode)
    return Frame(number, round(seconds, 6), found.quality, found.hex)


def _pixels(frame: VideoFrame) -> Pixels:
    return np.asarray(frame.to_ndarray(format="rgb24", interpolation="AREA"), np.uint8)


def _shape(container: InputContainer, stream: VideoStream) -> _Shape:
    rate = float(stream.average_rate or stream.base_rate or 0)
    duration = float(container.duration or 0) / av.time_base
    if not duration and stream.duration and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    rate = rate if math.isfinite(rate) and rate > 0 else 0.0
    return _Shape(rate, round(max(0.0, duration), 6), stream.time_base or Fraction(0))


def _stream(container: InputContainer, limits: Limits) -> VideoStream:
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
def _container(source: bytes | Path) -> Iterator[InputContainer]:
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
            file, "r", format=found.decoder, buffer_size=READ_BYTES, metadata_errors="replace"
        ) as container:
            yield container


@contextmanager
def _named() -> Iterator[None]:
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
