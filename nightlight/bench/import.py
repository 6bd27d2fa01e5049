"""import: past reports a second, brought in from the demonstration history, and passed over when they are there."""

# ruff: noqa: N999 - the command is called so

import os
import time
from collections.abc import Callable, Iterator
from itertools import islice

from nightlight.bench import place

Say = Callable[[str], None]

LINES = 100_000
TARGET = 10_000  # lines a second


def run(say: Say) -> int:
    """0 if lines are brought in at the target or better, else 1; `LINES` in the environment takes fewer."""
    count = int(os.environ.get("LINES", LINES))
    from nightlight.demo import past_years

    lines = [text.encode() for text in islice(past_years.lines(), count)]
    with place.somewhere() as vendor:
        from nightlight.stats import past

        def bring(rows: Iterator[bytes]) -> None:
            past.bring(rows, lambda number, reason: None)

        fresh = _measured(say, f"{vendor}: {len(lines):,} new lines", lines, bring)
        _measured(say, f"{vendor}: the same lines again", lines, bring)
    say(f"target {TARGET:,} lines a second; {place.machine()}")
    return 0 if fresh >= TARGET else 1


def _measured(say: Say, what: str, lines: list[bytes], bring: Callable[[Iterator[bytes]], None]) -> float:
    began, busy = time.perf_counter(), time.process_time()
    bring(iter(lines))
    rate = len(lines) / (time.perf_counter() - began)
    of_processor = len(lines) / (time.process_time() - busy)
    say(f"{what:<44}{rate:>9,.0f} a second, {of_processor:>9,.0f} a second of this process's processor time")
    return rate
