"""join: every pair of near codes among a million, and their clusters, against faiss flat."""

import os

from nightlight.bench.figures import (
    MISSING,
    ROUNDS,
    Figure,
    Say,
    flat,
    in_bytes,
    medians,
    random_codes,
    table,
)

ROWS = 1_000_000
SAMPLE = 500  # queries of the peer; its time grows evenly with them
COPIES = 100_000
RADIUS = 31
MUST = 500.0


def run(say: Say) -> int:
    """Measure, and say the table. 0: all targets met; 1: not; 2: the peer is missing."""
    try:
        import faiss  # type: ignore[import-not-found]
    except ImportError:
        say(MISSING)
        return 2
    from nightlight.fingerprint.join import clusters, pairs

    faiss.omp_set_num_threads(1)
    rows = int(os.environ.get("BENCH_ROWS", ROWS))
    say(
        f"{rows:,} random codes, a tenth of them copies of one another; with building; one thread; processor time, "
        f"median of {ROUNDS}; the peer from {SAMPLE} queries of the same run"
    )
    codes = random_codes(rows)
    codes[-(rows // 20) :] = codes[: rows // 20]
    peer = flat(faiss, codes)
    crowd = codes.copy()
    crowd[:COPIES] = crowd[0]
    pairs(codes[:1000]), clusters(codes[:1000])
    taken = medians(
        {
            "pairs": lambda: pairs(codes),
            "clusters": lambda: clusters(codes),
            "crowd": lambda: clusters(crowd),
            "peer": lambda: peer.range_search(in_bytes(codes[:SAMPLE]), RADIUS + 1),
        }
    )
    whole = taken["peer"] * rows / SAMPLE
    return table(
        [
            Figure("every pair within 31", "s", taken["pairs"], whole, "flat", MUST),
            Figure("clusters", "s", taken["clusters"], whole, "flat", MUST),
            Figure(f"clusters, with {COPIES:,} copies of one", "s", taken["crowd"]),
        ],
        say,
    )
