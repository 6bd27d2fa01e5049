"""A whole tree of files, or what a listing names, answered with what is known of each, however often it is killed.

Files are examined by an executor's processes, looked up here, and written in batches in the order of the tree: the
output of a scan that was killed a hundred times is the output of one that was not, line for line.
"""

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nightlight.fingerprint import tree
from nightlight.fingerprint.crew import Executor
from nightlight.fingerprint.journal import Journal, Progress, belongings
from nightlight.fingerprint.look import Examined, examine, failed
from nightlight.fingerprint.match import Matcher

BATCH = 256  # files
BATCH_SECONDS = 1.0  # what a kill costs

Told = Callable[[Progress, int], None]
"""Told after each batch how far the scan is, and how many files there are."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is scanned and what for. `source` is a folder or a listing; `lists` and `allow` are the files that the
    matcher was made of: a scan goes on only with the same ones."""

    source: Path
    out: Path
    lists: tuple[Path, ...]
    allow: tuple[Path, ...]
    radius: int
    through_edits: bool

    def identity(self) -> dict[str, Any]:
        """By what the same scan is known again."""
        return {
            "scan": str(self.source.absolute()),
            "as": str(self.source),
            "lists": [_identity(path) for path in self.lists],
            "allow": [_identity(path) for path in self.allow],
            "radius": self.radius,
            "through_edits": self.through_edits,
        }

    def items(self) -> Iterator[tree.Item]:
        """All that is to be scanned. Raises OSError if the source can't be read."""
        if self.source.is_dir():
            return tree.walk(self.source, belongings(self.out))
        return tree.listing(self.source)


def scan(job: Job, executor: Executor, matcher: Matcher, told: Told = lambda *_: None) -> Progress:
    """Scans what is left of a job, and says how it went in all. Raises journal.Refused, OSError."""
    with Journal(job.out) as journal:
        journal.begin(job.identity(), job.items())
        told(journal.progress, journal.total)
        if not journal.complete:
            examined = _examined(executor, job.through_edits, journal.remaining())
            for batch in _batches(examined):
                answers = matcher.answer(batch)
                journal.record(
                    [json.dumps(answer).encode() for answer in answers],
                    failed=sum("error" in answer for answer in answers),
                    matched=sum(bool(answer.get("matches")) for answer in answers),
                )
                told(journal.progress, journal.total)
        journal.finish()
        return journal.progress


def _examined(executor: Executor, through_edits: bool, items: Iterable[tree.Item]) -> Iterator[Examined]:
    """Each item examined, in order; items that are answers already keep their place."""
    order: deque[Examined | None] = deque()

    def paths() -> Iterator[str]:
        for item in items:
            order.append(None if isinstance(item, str) else Examined(item))
            if isinstance(item, str):
                yield item

    for answer in executor.map(partial(examine, through_edits=through_edits), paths(), failed):
        while (ready := order.popleft()) is not None:
            yield ready
        yield answer
    yield from (ready for ready in order if ready)


def _batches(examined: Iterator[Examined]) -> Iterator[list[Examined]]:
    batch: list[Examined] = []
    end = time.monotonic() + BATCH_SECONDS
    for each in examined:
        batch.append(each)
        if len(batch) == BATCH or time.monotonic() >= end:
            yield batch
            batch = []
            end = time.monotonic() + BATCH_SECONDS
    if batch:
        yield batch


def _identity(path: Path) -> dict[str, Any]:
    """A file by its content; what is no regular file, such as a pipe, by its name only."""
    if not path.is_file():
        return {"path": str(path)}
    with path.open("rb") as file:
        return {"path": str(path), "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
