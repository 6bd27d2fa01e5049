"""What the benchmarks of the index share: codes to search for, times taken in turns, and a table."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nightlight.fingerprint.codes import Codes

ROUNDS = 5
MISSING = "faiss is not installed: pip install 'nightlight[bench]'"

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: our figure, the peer's, and what must hold. `less` says that a figure of ours must be at most `must`.

    Without `less`, `must` is the least number of times that ours must be better than the peer's.
    """

    what: str
    unit: str
    ours: float
    peer: float | None = None
    peer_name: str = ""
    must: float | None = None
    less: bool = False

    @property
    def met(self) -> bool:
        """Whether what must hold does."""
        if self.must is None:
            return True
        return self.ours <= self.must if self.less else (self.peer or 0) / self.ours >= self.must

    def line(self) -> str:
        """Write it as a line of the table."""
        peer = f"{self.peer:,.2f} {self.peer_name}" if self.peer is not None else ""
        ratio = f"{self.peer / self.ours:,.1f}x" if self.peer is not None else ""
        must = "" if self.must is None else f"at most {self.must:,g}" if self.less else f"{self.must:,g}x"
        verdict = "" if self.must is None else "met" if self.met else "NOT MET"
        return f"{self.what:<46}{self.ours:>11,.2f} {self.unit:<7}{peer:>22}{ratio:>11}{must:>14}  {verdict}"


def table(figures: Sequence[Figure], say: Say) -> int:
    """Say all figures. Returns the exit status: 0 if all that must hold does, else 1."""
    say(f"{'what':<46}{'ours':>11} {'':<7}{'peer':>22}{'ratio':>11}{'must':>14}")
    for figure in figures:
        say(figure.line())
    return 0 if all(figure.met for figure in figures) else 1


def medians(
    works: Mapping[str, Callable[[], object]],
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.thread_time,
) -> dict[str, float]:
    """Take the times of several works in turns, so that all meet the same machine. Returns their medians, in seconds.

    The clock is this thread's processor time: on a shared machine the time of day says little.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun = clock()
            work()
            taken[name].append(clock() - begun)
    return {name: statistics.median(times) for name, times in taken.items()}


def random_codes(rows: int, seed: int = 1) -> Codes:
    """Give random codes."""
    return np.random.default_rng(seed).integers(0, 2**64, (rows, 4), np.uint64)


def some_near(codes: Codes, count: int, seed: int = 2) -> Codes:
    """Give random queries, of which every other is 0 to 31 bits away from one of the codes."""
    rng = np.random.default_rng(seed)
    queries = random_codes(count, seed + 1)
    for number, row in enumerate(rng.integers(0, len(codes), (count + 1) // 2)):
        bits = np.unpackbits(codes[row].view(np.uint8))
        bits[rng.permutation(256)[: number % 32]] ^= 1
        queries[2 * number] = np.packbits(bits).view(np.uint64)
    return queries


def flat(faiss: Any, codes: Codes) -> Any:
    """Give faiss' plain binary index of codes."""
    index = faiss.IndexBinaryFlat(256)
    index.add(in_bytes(codes))
    return index


def in_bytes(codes: Codes) -> Any:
    """Give codes as faiss takes them, ``uint8`` of shape ``(n, 32)``."""
    return codes.view(np.uint8).reshape(-1, 32)
