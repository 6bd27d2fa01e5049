"""video: films to vPDQ, one frame a second and key frames alone, against Meta's vpdq."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from nightlight.bench.pictures import picture

SIZES = {"720p": (1280, 720), "360p": (640, 360)}
RATE = 25
SECONDS = 20
NOISES = {
    "noisy": 3.0,
    "clean": 0.0,
}  # a sensor's noise, new in each frame, as cameras have it; drawn films have none
SHOT_SECONDS = 5
ROUNDS = 5
# performance.md, "we must": so many times as fast as the peer.
TARGET_EVERY_SECOND = 1.6
TARGET_KEY_FRAMES = 10.0
MISSING = "vpdq is not installed: pip install 'nightlight[bench]' (it needs FFmpeg's development files)"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: seconds of processor time for the film; `apart` in bits, of the frames both hashed."""

    what: str
    ours: float
    peer: float
    target: float
    frames: int
    apart: int

    @property
    def ratio(self) -> float:
        """How many times as fast as the peer."""
        return self.peer / self.ours

    @property
    def met(self) -> bool:
        """Whether it is fast enough."""
        return self.ratio >= self.target


def run(say: Say) -> int:
    """Measure, and say the table. 0: all targets met; 1: not; 2: the peer is missing."""
    try:
        import vpdq  # type: ignore[import-not-found]
    except ImportError:
        say(MISSING)
        return 2
    say(f"generated films of {SECONDS} s at {RATE} frames a second, H.264 as x264 writes it by default")
    say(f"median of {ROUNDS} rounds of processor time, all threads together")
    say(f"{'what':<24}{'ours s':>9}{'peer s':>9}{'ratio':>8}{'target':>8}  frames")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for (name, size), (kind, noise) in product(SIZES.items(), NOISES.items()):
            path = Path(folder, f"{name}-{kind}.mp4")
            film(path, size, noise)
            rows += _rows(f"{name} {kind}", path, partial(vpdq.computeHash, str(path)))
    for row in rows:
        say(
            f"{row.what:<24}{row.ours:>9.3f}{row.peer:>9.3f}{row.ratio:>7.1f}x{row.target:>7.1f}x"
            f"  {row.frames}, at most {row.apart} bits from the peer's: {'met' if row.met else 'NOT MET'}"
        )
    return 0 if all(row.met for row in rows) else 1


def film(path: Path, size: tuple[int, int], deviation: float) -> None:
    """Write a film of slow pans over generated pictures, cut every few seconds, each frame with new noise."""
    import av

    width, height = size
    chance = np.random.default_rng(1)
    noise = chance.normal(0, deviation, (height + 64, width + 64, 1)).astype(np.float32)
    with av.open(path, "w") as written:
        stream = written.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(SECONDS * RATE):
            shot, step = divmod(number, SHOT_SECONDS * RATE)
            if step == 0:
                wide = picture(100 + shot, (width + SHOT_SECONDS * RATE, height + 2 * RATE))
            down, right = chance.integers(0, 64, 2)
            grain = noise[down : down + height, right : right + width]
            view = np.clip(wide[step // 5 :][:height, step:][:, :width] + grain, 0, 255).astype(np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")):
                written.mux(packet)
        for packet in stream.encode():
            written.mux(packet)


def _rows(name: str, path: Path, peer: Callable[[], list[object]]) -> list[Row]:
    from nightlight.fingerprint import video

    known = {each.frame_number: each.hex for each in peer()}  # type: ignore[attr-defined]
    every = video.frames(path)
    keys = video.frames(path, key_frames=True)
    taken: tuple[list[float], list[float], list[float]] = ([], [], [])
    ways: tuple[Callable[[], object], ...] = (
        peer,
        partial(video.frames, path),
        partial(video.frames, path, key_frames=True),
    )
    for _ in range(ROUNDS):
        for times, way in zip(taken, ways, strict=True):
            start = time.process_time()
            way()
            times.append(time.process_time() - start)
    theirs, second, key = (statistics.median(times) for times in taken)
    return [
        Row(
            f"{name} each second",
            second,
            theirs,
            TARGET_EVERY_SECOND,
            len(every.frames),
            _apart(every, known),
        ),
        Row(f"{name} key frames", key, theirs, TARGET_KEY_FRAMES, len(keys.frames), _apart(keys, known)),
    ]


def _apart(found: object, known: dict[int, str]) -> int:
    both = [(each.pdq, known[each.frame]) for each in found.frames if each.frame in known]  # type: ignore[attr-defined]
    return max(((int(one, 16) ^ int(other, 16)).bit_count() for one, other in both), default=0)
