"""match: exact search within 31 bits, against faiss: flat, and the multi-hash that hash-matcher-actioner uses."""

import os
import time
from typing import Any

import numpy as np

from nightlight.bench.figures import (
    MISSING,
    Figure,
    Say,
    flat,
    in_bytes,
    medians,
    random_codes,
    some_near,
    table,
)

# Rows; how many times as fast as faiss flat in batches we must be; microseconds that one query may take at most.
SIZES = ((1_000_000, 150.0, None), (10_000_000, 500.0, 50.0))
BATCH = 1000
PEER_BATCH = {1_000_000: 500, 10_000_000: 100}  # the flat peer's time grows evenly with the queries
SINGLES = 2000
RADIUS = 31
MULTIHASH_ROWS = 1_000_000  # beyond, it takes half a minute to build: set BENCH_FULL=1


def run(say: Say) -> int:
    """Measure, and say the table. 0: all targets met; 1: not; 2: the peer is missing."""
    try:
        import faiss  # type: ignore[import-not-found]
    except ImportError:
        say(MISSING)
        return 2
    faiss.omp_set_num_threads(1)
    say(
        "random codes, every other query near one of them; radius 31; one thread; processor time, median of 5 rounds"
    )
    figures = []
    for rows, batch_must, single_must in SIZES:
        figures += _size(faiss, rows, batch_must, single_must)
    return table(figures, say)


def _size(faiss: Any, rows: int, batch_must: float, single_must: float | None) -> list[Figure]:
    from nightlight.fingerprint.index import Index

    codes = random_codes(rows)
    queries = some_near(codes, BATCH)
    few = queries[: PEER_BATCH[rows]]
    ours, peer = Index.build(codes), flat(faiss, codes)
    ours.search(queries)
    works = {
        "ours": lambda: ours.search(queries),
        "flat": lambda: peer.range_search(in_bytes(few), RADIUS + 1),
    }
    if rows <= MULTIHASH_ROWS or os.environ.get("BENCH_FULL"):
        multi = faiss.IndexBinaryMultiHash(256, 16, 16)
        multi.nflip = 1
        multi.add(in_bytes(codes))
        works["multi"] = lambda: multi.range_search(in_bytes(few), RADIUS + 1)
    _same(ours, peer, few)
    taken = medians(works)
    us = {name: 1e6 * seconds / (BATCH if name == "ours" else len(few)) for name, seconds in taken.items()}
    size = f"{rows // 1_000_000}M"
    figures = [
        Figure(f"{size}, batches of {BATCH}, a query", "us", us["ours"], us["flat"], "flat", batch_must)
    ]
    if "multi" in us:
        figures.append(Figure(f"{size}, the same", "us", us["ours"], us["multi"], "multi-hash"))
    middle, slow = _singles(lambda code: ours.search(code), queries, SINGLES)
    peer_middle, peer_slow = _singles(
        lambda code: peer.range_search(in_bytes(code[None]), RADIUS + 1), queries, 50
    )
    return [
        *figures,
        Figure(f"{size}, one query at a time, p50", "us", middle, peer_middle, "flat"),
        Figure(f"{size}, one query at a time, p99", "us", slow, peer_slow, "flat"),
        *(
            [Figure(f"{size}, one query at a time, p99", "us", slow, must=single_must, less=True)]
            if single_must
            else []
        ),
    ]


def _singles(search: Any, queries: Any, count: int) -> tuple[float, float]:
    """Give the median and the 99th percentile of single queries, in microseconds of processor time."""
    taken = []
    for number in range(count):
        query = queries[number % len(queries)]
        begun = time.thread_time_ns()
        search(query)
        taken.append((time.thread_time_ns() - begun) / 1000)
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 99))


def _same(ours: Any, peer: Any, queries: Any) -> None:
    """Compare what both found. Raises RuntimeError if it differs: then no time matters."""
    hits = ours.search(queries)
    bounds, distances, rows = peer.range_search(in_bytes(queries), RADIUS + 1)
    numbers = np.repeat(np.arange(len(queries)), np.diff(bounds.astype(np.int64)))
    theirs = set(zip(numbers.tolist(), rows.tolist(), distances.astype(int).tolist(), strict=True))
    if theirs != set(zip(hits.query.tolist(), hits.id.tolist(), hits.distance.tolist(), strict=True)):
        raise RuntimeError("the peer found something else than we did")
