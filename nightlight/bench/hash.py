"""hash: JPEGs to PDQ, against threatexchange's PdqSignal: exact and fast, at three sizes."""

import io
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from nightlight.bench.pictures import Pixels, picture

SIZES = {"12 MP": (4000, 3000), "1080p": (1920, 1080), "VGA": (640, 480)}
# performance.md, "we must": so many times as fast as the peer.
TARGETS = {"12 MP": (8.0, 12.0), "1080p": (5.0, 7.5), "VGA": (6.0, 9.0)}
PICTURES = 8
QUALITIES = (
    75,
    85,
)  # what Pillow writes unless told otherwise, and a common higher one: more bytes to decode
ROUNDS = 5
FURTHEST = 4  # bits that `fast` may be off
MISSING = "threatexchange and pdqhash are not installed: pip install 'nightlight[bench]'"

Hash = Callable[[bytes], tuple[str, int]]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Times in milliseconds for one picture; `apart`: the furthest of the hashes, in bits."""

    what: str
    ours: float
    peer: float
    target: float
    identical: int
    apart: int
    pictures: int
    exact: bool

    @property
    def ratio(self) -> float:
        """How many times as fast as the peer."""
        return self.peer / self.ours

    @property
    def met(self) -> bool:
        """Whether it is fast enough, and right."""
        right = self.identical == self.pictures if self.exact else self.apart <= FURTHEST
        return right and self.ratio >= self.target


def run(say: Say) -> int:
    """Measure, and say the table. 0: all targets met; 1: not; 2: the peer is missing."""
    try:
        from threatexchange.signal_type.pdq.pdq_hasher import (  # type: ignore[import-not-found]
            pdq_from_bytes,
        )
    except ImportError:
        say(MISSING)
        return 2
    from nightlight.fingerprint.media import hashed
    from nightlight.fingerprint.pdq import Mode

    def ours(mode: Mode) -> Hash:
        def hash_one(raw: bytes) -> tuple[str, int]:
            found = hashed(raw, mode)[0]
            return found.hex, found.quality

        return hash_one

    say(f"{PICTURES} generated JPEGs of each size and quality; median of {ROUNDS} rounds, processor ms each")
    say(f"{'what':<16}{'ours':>9}{'peer':>9}{'ratio':>8}{'target':>8}  same bits, and")
    rows = []
    for size in SIZES:
        drawn = [picture(seed, SIZES[size]) for seed in range(PICTURES)]
        for quality in QUALITIES:
            files = [_jpeg(pixels, quality) for pixels in drawn]
            rows += _rows(size, quality, files, ours(Mode.FULL), ours(Mode.FAST), pdq_from_bytes)
    for row in rows:
        say(
            f"{row.what:<16}{row.ours:>9.2f}{row.peer:>9.2f}{row.ratio:>7.1f}x{row.target:>7.1f}x"
            f"  {row.identical} of {row.pictures}, at most {row.apart} bits off: {'met' if row.met else 'NOT MET'}"
        )
    return 0 if all(row.met for row in rows) else 1


def _rows(size: str, quality: int, files: list[bytes], full: Hash, fast: Hash, peer: Hash) -> list[Row]:
    times: dict[str, list[float]] = {"full": [], "fast": [], "peer": []}
    found: dict[str, list[tuple[str, int]]] = {}
    for name, hash_one in (("full", full), ("fast", fast), ("peer", peer)):
        found[name] = [hash_one(raw) for raw in files]
    for _ in range(ROUNDS):
        for name, hash_one in (("full", full), ("fast", fast), ("peer", peer)):
            start = time.process_time()
            for raw in files:
                hash_one(raw)
            times[name].append((time.process_time() - start) * 1000 / len(files))
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    return [
        _row(
            f"{size} q{quality} {name}",
            middle[name],
            middle["peer"],
            target,
            found[name],
            found["peer"],
            name == "full",
        )
        for name, target in zip(("full", "fast"), TARGETS[size], strict=True)
    ]


def _row(
    what: str,
    ours: float,
    peer: float,
    target: float,
    found: list[tuple[str, int]],
    wanted: list[tuple[str, int]],
    exact: bool,
) -> Row:
    apart = [
        (int(one[0], 16) ^ int(other[0], 16)).bit_count() for one, other in zip(found, wanted, strict=True)
    ]
    identical = sum(one == other for one, other in zip(found, wanted, strict=True))
    return Row(what, ours, peer, target, identical, max(apart), len(found), exact)


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()
