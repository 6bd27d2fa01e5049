"""edits: recall of edited pictures at radius 31, plain and through edits; false matches; cost

The transforms of Thorn's table and single edits of our own are applied to generated pictures and to those sample
pictures of scikit-image that its wheel carries and that are in the public domain. Every edited picture is looked up
among all of them, so that each query is also a search among the entries of every other picture; pictures that were
never enrolled are looked up too. A picture of a quality below 50 is left out, as it is from every index.
"""

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
from PIL import Image

from nightlight.bench.pictures import picture
from nightlight.bench.transforms import TRANSFORMS, Transform
from nightlight.fingerprint.codes import Codes, from_hex
from nightlight.fingerprint.edits import derive, grid, looks
from nightlight.fingerprint.index import Hits, Index
from nightlight.fingerprint.pdq import MIN_QUALITY, Pdq, pdq

Say = Callable[[str], None]

GENERATED = 120
STRANGERS = 800
STRANGER_SIZE = (320, 240)
RADIUS = 31
PAIRS = 100_000_000
PROCESSES = min(2, os.cpu_count() or 1)
SEEDS = tuple(bytes([number] * 16) for number in range(4))  # four installations

SAMPLES = (
    *(
        "astronaut.png",
        "brick.png",
        "camera.png",
        "chelsea.png",
        "clock_motion.png",
        "coffee.png",
        "coins.png",
    ),
    *("grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png"),
    *("page.png", "rocket.jpg"),
)

# perception's documentation, docs/examples/benchmarking.rst: PDQ over all pictures, best threshold for each transform
THORN = {
    "blur, sigma 2": "100",
    "JPEG, quality 5": "99-100",
    "gamma 2": "99-100",
    "noise, 20 % of range": "99-100",
    "watermark": "99-100",
    "vignette": "100",
    "resized to half": "100",
    "crop 5 % of each side": "9",
    "rotation 4 degrees": "54",
    "padding 20 %, top and bottom": "1.3",
}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What is stored of a picture, what is asked for each edit of it, and what that cost.

    `derived[s]` belongs to `SEEDS[s]`, `asked[i]` to `TRANSFORMS[i]`. Processor time: `hash_ms`,
    `derive_ms` and `look_ms` are of this one picture as it is.
    """

    plain: Pdq
    derived: list[list[tuple[int, Pdq]]]
    asked: list[list[Pdq]]
    hash_ms: float
    derive_ms: float
    look_ms: float


@dataclass(slots=True)
class Found:
    """Counts of look-ups, of pictures known again and of pairs of unrelated codes compared and matched.

    `through` has a count for each seed; pairs and false matches through edits are of all seeds together.
    """

    asked: int = 0
    plain: int = 0
    through: list[int] = field(default_factory=lambda: [0] * len(SEEDS))
    false_plain: int = 0
    false_through: int = 0
    pairs_plain: int = 0
    pairs_through: int = 0


def run(say: Say) -> int:
    """Print the tables. Returns 0 if every target is met, 1 if one is not, 2 if scikit-image is missing."""
    samples = _samples()
    if samples is None:
        say(
            "scikit-image is not installed; its sample pictures are part of this benchmark: nightlight[bench]"
        )
        return 2
    started = perf_counter()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        sources: list[int | Path] = [*range(GENERATED), *samples]
        known = [one for one in pool.map(_enrolled, sources, chunksize=4) if one is not None]
        strangers = [
            one for one in pool.map(_stranger, range(10_000, 10_000 + STRANGERS), chunksize=20) if one
        ]
    say(
        f"{len(known)} pictures of quality {MIN_QUALITY} or more ({GENERATED} generated, {len(samples)} samples), "
        f"{len(strangers)} strangers, radius {RADIUS}, {len(SEEDS)} seeds"
    )
    store = _Store(known)
    met = _recall(store, known, say)
    met &= _false_matches(store, known, strangers, say)
    _cost(store, known, say)
    say(f"{perf_counter() - started:.0f} s in all, {PROCESSES} processes")
    return 0 if met else 1


class _Store:
    """An index of the pictures' own hashes, and one for each seed of those with what is derived from them."""

    def __init__(self, known: list[Enrolled]) -> None:
        self.plain = _index((number, 0, one.plain) for number, one in enumerate(known))
        self.through = [
            _index(
                (number, tag, hashed)
                for number, one in enumerate(known)
                for tag, hashed in [(0, one.plain), *one.derived[seed]]
            )
            for seed in range(len(SEEDS))
        ]
        self.entries = [[1 + len(one.derived[seed]) for one in known] for seed in range(len(SEEDS))]


def _index(rows: Iterable[tuple[int, int, Pdq]]) -> Index:
    """An index of rows of id, tag and hash."""
    ids, tags, hashes = zip(*rows, strict=True)
    index = Index()
    index.add(np.array(ids, np.uint64), _codes(hashes), np.array(tags, np.uint16))
    return index


def _recall(store: _Store, known: list[Enrolled], say: Say) -> bool:
    """What must be met is met by the worst seed; an aim by the mean of all."""
    row = "{:<52}{:>8}{:>8}{:>9}{:>7}{:>7}  {}".format
    say(row("recall, % (Thorn: best threshold, not 31)", "Thorn", "plain", "through", "worst", "must", ""))
    met = True
    for position, transform in enumerate(TRANSFORMS):
        found = _found(store, ((n, one.asked[position]) for n, one in enumerate(known)))
        plain = found.plain / found.asked
        mean, worst = sum(found.through) / len(SEEDS) / found.asked, min(found.through) / found.asked
        must = plain if transform.least is None else transform.least
        met &= worst >= must
        say(
            row(
                transform.name,
                THORN.get(transform.name, ""),
                f"{100 * plain:.1f}",
                f"{100 * mean:.1f}",
                f"{100 * worst:.1f}",
                "plain" if transform.least is None else f"{100 * must:.0f}",
                _verdict(transform, mean, worst, must),
            )
        )
    return met


def _verdict(transform: Transform, mean: float, worst: float, must: float) -> str:
    if worst < must:
        return "NOT MET"
    if transform.aim is None:
        return "met"
    return "met, aim met" if mean >= transform.aim else f"met, aim of {100 * transform.aim:.0f} not"


def _false_matches(store: _Store, known: list[Enrolled], strangers: list[list[Pdq]], say: Say) -> bool:
    """Queries for edited pictures among the entries of all others, and for strangers among all entries."""
    total = Found()
    for position in range(len(TRANSFORMS)):
        _found(store, ((n, one.asked[position]) for n, one in enumerate(known)), total)
    _found(store, ((None, one) for one in strangers), total)
    row = "{:<52}{:>16}{:>16}".format
    say(row("false matches", "plain", "through"))
    say(row("pairs of unrelated codes", f"{total.pairs_plain:,}", f"{total.pairs_through:,}"))
    say(row("false matches among them", f"{total.false_plain:,}", f"{total.false_through:,}"))
    enough = total.pairs_through >= PAIRS
    met = enough and total.false_through <= total.false_plain
    say(f"none more than plain over {PAIRS:,} pairs: {'met' if met else 'NOT MET'}")
    return met


def _cost(store: _Store, known: list[Enrolled], say: Say) -> None:
    hash_ms, derive_ms = median(one.hash_ms for one in known), median(one.derive_ms for one in known)
    look_ms = median(one.look_ms for one in known)
    queries = median(len(asked) for one in known for asked in one.asked)
    say(f"entries a picture: {median(store.entries[0]):.0f} of {1 + len(grid(SEEDS[0]))} (it and its grid)")
    say(f"hashes a look-up: {queries:.0f}")
    say(
        f"median processor time a picture: {hash_ms:.2f} ms to hash plainly, {derive_ms:.2f} ms to derive "
        f"({derive_ms / hash_ms:.0f} times), {look_ms:.2f} ms to look at ({look_ms / hash_ms:.0f} times)"
    )


def _found(
    store: _Store, lookups: Iterable[tuple[int | None, list[Pdq]]], total: Found | None = None
) -> Found:
    """Look hashes up for pictures of these numbers (None: enrolled nowhere) and count what comes back."""
    total = total or Found()
    lookups = list(lookups)
    owners = [number for number, _ in lookups]
    first = [asked[:1] for _, asked in lookups]
    everything = [asked for _, asked in lookups]
    for number, right, wrong in _judged(store.plain, owners, first):
        total.plain += right
        total.false_plain += wrong
        total.pairs_plain += len(store.plain) - (number is not None)
    total.asked += len(lookups)
    for seed, (index, entries) in enumerate(zip(store.through, store.entries, strict=True)):
        every = sum(entries)
        for (number, right, wrong), asked in zip(_judged(index, owners, everything), everything, strict=True):
            total.through[seed] += right
            total.false_through += wrong
            total.pairs_through += len(asked) * (every - (0 if number is None else entries[number]))
    return total


def _judged(
    index: Index, owners: list[int | None], asked: list[list[Pdq]]
) -> Iterator[tuple[int | None, bool, int]]:
    """For each look-up whether its own picture came back, and how many pairs of unrelated codes did."""
    sizes = [len(hashes) for hashes in asked]
    lookup = np.repeat(np.arange(len(asked)), sizes)
    hits: Hits = index.search(_codes(one for hashes in asked for one in hashes), RADIUS, threads=PROCESSES)
    of = lookup[hits.query]
    named = np.array([-1 if owner is None else owner for owner in owners], np.int64)
    own = hits.id.astype(np.int64) == named[of]
    right = np.bincount(of[own], minlength=len(asked)) > 0
    wrong = np.bincount(of[~own], minlength=len(asked))
    yield from zip(owners, right.tolist(), wrong.tolist(), strict=True)


def _enrolled(source: int | Path) -> Enrolled | None:
    """Runs in a process of its own: all that is known of one picture, nothing if its quality is too low."""
    pixels = picture(source) if isinstance(source, int) else np.asarray(Image.open(source).convert("RGB"))
    seed = source if isinstance(source, int) else SAMPLES.index(source.name)
    plain = pdq(pixels)
    if plain.quality < MIN_QUALITY:
        return None
    edits = grid(SEEDS[0])
    derived = [derive(pixels, grid(seed)) for seed in SEEDS]
    asked = [[hashed for _, hashed in looks(one.change(pixels, seed))] for one in TRANSFORMS]
    return Enrolled(
        plain,
        derived,
        asked,
        hash_ms=_ms(lambda: pdq(pixels)),
        derive_ms=_ms(lambda: derive(pixels, edits)),
        look_ms=_ms(lambda: looks(pixels)),
    )


def _stranger(seed: int) -> list[Pdq]:
    asked = looks(picture(seed, STRANGER_SIZE))
    return [hashed for _, hashed in asked] if asked[0][1].quality >= MIN_QUALITY else []


def _ms(work: Callable[[], object]) -> float:
    """Processor time, the median of five, in milliseconds."""
    times = []
    for _ in range(5):
        start = process_time()
        work()
        times.append(1000 * (process_time() - start))
    return median(times)


def _codes(hashes: Iterable[Pdq]) -> Codes:
    return from_hex([one.hex for one in hashes])


def _samples() -> list[Path] | None:
    """The sample pictures in the installed wheel; nothing if there is none. Nothing is downloaded."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "data"
    return [folder / name for name in SAMPLES if (folder / name).exists()]
