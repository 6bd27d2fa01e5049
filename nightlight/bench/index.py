"""index: building, keeping, opening, adding to and removing from an index, against faiss' multi-hash where it can."""

import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from nightlight.bench.figures import MISSING, ROUNDS, Figure, Say, in_bytes, medians, random_codes, table

ROWS = 10_000_000
PEER_ROWS = 500_000  # its time is then scaled up evenly, which flatters it
ADDED = 200_000
BATCH = 1000


def run(say: Say) -> int:
    """Measure, and say the table. 0: all targets met; 1: not; 2: the peer is missing."""
    try:
        import faiss  # type: ignore[import-not-found]
    except ImportError:
        say(MISSING)
        return 2
    faiss.omp_set_num_threads(2)
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    say(f"{rows:,} random codes, two threads to build; median of {ROUNDS}")
    codes = random_codes(rows)
    figures = _built(faiss, codes)
    with tempfile.TemporaryDirectory() as folder:
        figures += _kept(codes, Path(folder) / "index")
    return table(figures, say)


def _built(faiss: Any, codes: Any) -> list[Figure]:
    from nightlight.fingerprint.index import Index

    def multihash() -> None:
        peer = faiss.IndexBinaryMultiHash(256, 16, 16)
        peer.add(in_bytes(codes[:PEER_ROWS]))

    Index.build(codes[:1000])
    taken = medians({"ours": lambda: Index.build(codes)}, clock=time.process_time)
    taken |= medians({"peer": multihash}, rounds=1, clock=time.process_time)
    begun = time.perf_counter()
    built = Index.build(codes)
    waited = time.perf_counter() - begun
    scaled = taken["peer"] * len(codes) / min(PEER_ROWS, len(codes))
    size = len(codes) / 10_000_000
    return [
        # Two threads share it evenly: half of it is the time that two free cores take.
        Figure(
            "build, half of its processor time",
            "s",
            taken["ours"] / 2,
            scaled / 2,
            "multi-hash",
            3 * size,
            less=True,
        ),
        Figure("build, as long as it took here", "s", waited),
        Figure("memory a hash", "B", built.nbytes / len(codes), must=136, less=True),
    ]


def _kept(codes: Any, path: Path) -> list[Figure]:
    from nightlight.fingerprint.index import Index

    Index.build(codes).save(path)
    opened = medians({"open": lambda: Index.open(path).search(codes[7])}, clock=time.perf_counter)["open"]
    index = Index.open(path)
    fresh = random_codes(ADDED, 99)
    begun = time.process_time()
    for start in range(0, ADDED, BATCH):
        index.add(np.arange(start, start + BATCH) + len(codes), fresh[start : start + BATCH])
    index.settle()
    added = time.process_time() - begun
    return [
        Figure("open, warm, to the first answer", "ms", 1000 * opened, must=5, less=True),
        Figure(
            f"add in batches of {BATCH}, with sorting, each row", "us", 1e6 * added / ADDED, must=2, less=True
        ),
        *_one_by_one(index, fresh, len(codes)),
        Figure("query while 50,000 rows are added, p99.9", "ms", 1000 * _longest(index, codes)),
    ]


def _one_by_one(index: Any, fresh: Any, first: int) -> list[Figure]:
    """Add single rows and find them; remove single ids and find them gone."""
    added, removed = [], []
    for number in range(50):
        identity = 10**12 + number
        begun = time.perf_counter()
        index.add([identity], fresh[number])
        if identity not in index.search(fresh[number]).id:
            raise RuntimeError("what was added was not found")
        added.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        index.remove([first + number])
        if first + number in index.search(fresh[number]).id:
            raise RuntimeError("what was removed was found")
        removed.append(time.perf_counter() - begun)
    return [
        Figure("add one and find it, p50", "us", 1e6 * float(np.median(added))),
        Figure("remove one and find it gone, p50", "us", 1e6 * float(np.median(removed))),
    ]


def _longest(index: Any, codes: Any) -> float:
    """Give the 99.9th percentile of queries while another thread adds rows and levels are sorted, in seconds."""
    rows = random_codes(50_000, 5)

    def add() -> None:
        for start in range(0, len(rows), 100):
            index.add(np.arange(start, start + 100) + 2 * 10**12, rows[start : start + 100])

    writer = threading.Thread(target=add)
    writer.start()
    taken: list[float] = []
    while writer.is_alive():
        begun = time.perf_counter()
        index.search(codes[len(taken) % len(codes)])
        taken.append(time.perf_counter() - begun)
    writer.join()
    return float(np.percentile(taken, 99.9))
