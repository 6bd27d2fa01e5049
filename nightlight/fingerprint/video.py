"""vPDQ: a video as the PDQ hashes of some of its frames, each with its number, time and quality.

The frames are those that Meta's vpdq takes: number 0, and every `int(every * frame rate)`-th after it. FFmpeg
decodes, through PyAV. Every loop has a cap, and whatever goes wrong has a name.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from nightlight.fingerprint.errors import Empty, TimedOut, TooLarge, Unreadable
from nightlight.fingerprint.pdq import Mode, Pdq, Pixels, pdq
from nightlight.fingerprint.video_file import (
    DEFAULT,
    Limits,
    Shape,
    named,
    opened_video,
    shape_of,
    shown_at,
    video_stream,
)
from nightlight.fingerprint.video_match import Rule, Verdict, VideoMatch, compare
from nightlight.fingerprint.video_plan import Do, Packets, Plan, plan

__all__ = ["Frame", "Limits", "Rule", "Verdict", "Video", "VideoMatch", "compare", "frames"]


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

    with named():
        keys = _Keys(mode, limits) if key_frames else None
        packets, shape = _surveyed(source, limits, tick, keys)
        step = max(1, int(every * shape.rate)) if shape.rate else 1
        todo = plan(packets, step, key_frames=key_frames)
        if todo is not None and len(todo.numbers) > limits.frames:
            raise TooLarge(f"more than {limits.frames} of its frames would be hashed")
        found: list[Frame] | None = None
        if todo is not None and keys is not None:
            found = _listed(keys.found, todo, shape)
        elif todo is not None:
            found = _planned(source, todo, shape, mode, limits, tick)
        if found is None:
            found = _counted(source, step, shape, mode, limits, tick, key_frames=key_frames)
    if not found:
        raise Unreadable("not one of its frames can be decoded")
    return Video(shape.duration, found)


class _Keys:
    """Decodes the key frames of a stream, each alone, and keeps their hashes by their times."""

    def __init__(self, mode: Mode, limits: Limits) -> None:
        self.found: dict[int, Pdq] = {}
        self._mode = mode
        self._limits = limits

    def see(self, packet: "Packet[VideoStream]", stream: VideoStream) -> None:
        """Decode one packet that is a key frame."""
        decoder = stream.codec_context
        packet.pts = shown_at(packet, stream)
        try:
            shown = [*decoder.decode(packet), *decoder.decode(None)]
            decoder.flush_buffers()
        except av.FFmpegError:  # then it is missing, and all frames are counted instead
            return
        for frame in shown:
            if frame.pts is not None and not frame.is_corrupt and len(self.found) <= self._limits.frames:
                self.found[frame.pts] = _hash(frame, self._mode, self._limits)


def _surveyed(
    source: bytes | Path, limits: Limits, tick: Callable[[], None], keys: _Keys | None
) -> tuple[Packets, Shape]:
    """A first pass that reads the packets, and decodes none but those `keys` takes."""
    packets = Packets()
    with opened_video(source) as container:
        stream = video_stream(container, limits)
        shape = shape_of(container, stream)
        try:
            for packet in container.demux(stream):
                if packet.size == 0:
                    continue
                tick()
                packets.add(shown_at(packet, stream), key=packet.is_keyframe, shown=not packet.is_discard)
                if len(packets) > limits.packets:
                    raise TooLarge(f"it has more than {limits.packets} packets")
                if keys is not None and packet.is_keyframe:
                    keys.see(packet, stream)
        except av.FFmpegError:
            if not len(packets):
                raise
    if not len(packets):
        raise Empty("its video stream has no packets")
    return packets, shape


def _planned(
    source: bytes | Path, todo: Plan, shape: Shape, mode: Mode, limits: Limits, tick: Callable[[], None]
) -> list[Frame] | None:
    """The second pass: the wanted frames by their times; None if the decoder did not give them all."""
    found: dict[int, Pdq] = {}
    with opened_video(source) as container:
        try:
            for frame in _walked(container, video_stream(container, limits), todo, tick):
                # What looks damaged is judged again with every frame decoded.
                if frame.pts in todo.numbers and frame.pts not in found and not frame.is_corrupt:
                    found[frame.pts] = _hash(frame, mode, limits)
        except av.FFmpegError:
            return None
    return _listed(found, todo, shape)


def _listed(found: dict[int, Pdq], todo: Plan, shape: Shape) -> list[Frame] | None:
    """The wanted frames in order; None if one was not found."""
    if not found.keys() >= todo.numbers.keys():
        return None
    begin = min(todo.numbers, default=0)
    return [
        _frame(number, float((when - begin) * shape.tick), found[when])
        for when, number in sorted(todo.numbers.items(), key=lambda each: each[1])
    ]


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
            packet.pts = shown_at(packet, stream)
            decoder.skip_frame = "DEFAULT" if do == Do.SHOW else "NONREF"
            yield from decoder.decode(packet)
    yield from decoder.decode(None)


def _counted(
    source: bytes | Path,
    step: int,
    shape: Shape,
    mode: Mode,
    limits: Limits,
    tick: Callable[[], None],
    *,
    key_frames: bool,
) -> list[Frame]:
    """Every frame decoded and counted as it comes: for files without times, or with damage."""
    found: list[Frame] = []
    begin: float | None = None
    with opened_video(source) as container:
        stream = video_stream(container, limits)
        try:
            for number, frame in enumerate(_decoded(container, stream, tick)):
                seconds = (
                    float(frame.pts * shape.tick) if frame.pts is not None else number / (shape.rate or 25.0)
                )
                begin = seconds if begin is None else begin
                if frame.key_frame if key_frames else number % step == 0:
                    found.append(_frame(number, seconds - begin, _hash(frame, mode, limits)))
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


def _hash(frame: VideoFrame, mode: Mode, limits: Limits) -> Pdq:
    if frame.width * frame.height > limits.pixels:
        raise TooLarge(f"a frame has more than {limits.pixels} pixels")
    return pdq(_pixels(frame), mode)


def _frame(number: int, seconds: float, found: Pdq) -> Frame:
    return Frame(number, round(seconds, 6), found.quality, found.hex)


def _pixels(frame: VideoFrame) -> Pixels:
    return np.asarray(frame.to_ndarray(format="rgb24", interpolation="AREA"), np.uint8)
