"""Many files examined at once by the processes of a Ray cluster, on this machine or on many that see the same paths.

Ray core only: tasks with a few paths each, answers fetched in order. Without `RAY_ADDRESS` a cluster of this machine
is started and ended with the scan.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, TypeVar

from nightlight.fingerprint.crew import BROKE_DOWN, FILE_SECONDS, TIMED_OUT, TRIES, Failed, Work

T = TypeVar("T")

PATHS = 8  # of one task: a task costs about a millisecond
AHEAD = 4  # tasks for each worker
STORE_BYTES = 128 * 1024 * 1024  # answers are small
_ADDRESS = "RAY_ADDRESS"
_LOOPBACK = "127.0.0.1"  # whoever reaches a Ray port may run programs: nobody outside this machine does


class RayMissing(Exception):
    """Ray is not installed."""

    def __init__(self) -> None:
        super().__init__("the engine ray needs Ray: pip install 'nightlight[ray]'")


@dataclass(frozen=True, slots=True)
class _Task:
    paths: list[str]
    answer: Any  # a reference to a list of answers


class RayCrew:
    """`workers` tasks at once (0: as many as the cluster has processors)."""

    def __init__(self, workers: int = 0) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told that a hotline scans
        try:
            import ray
        except ImportError as error:
            raise RayMissing from error
        self._ray: Any = ray
        self._workers = workers

    def __enter__(self) -> Self:
        quiet = {"log_to_driver": False, "logging_level": "ERROR"}
        if os.environ.get(_ADDRESS):
            self._ray.init(address=os.environ[_ADDRESS], **quiet)
        else:
            self._ray.init(
                address="local",
                num_cpus=self._workers or os.cpu_count() or 1,
                object_store_memory=STORE_BYTES,
                include_dashboard=False,
                _node_ip_address=_LOOPBACK,
                **quiet,
            )
        self._workers = self._workers or int(self._ray.cluster_resources().get("CPU", 1))
        return self

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()

    def map(self, work: Work[T], paths: Iterable[str], failed: Failed[T]) -> Iterator[T]:
        """As `crew.Executor.map` says."""
        do = self._ray.remote(max_retries=0)(_do)
        coming = iter(paths)
        going: deque[_Task] = deque()
        while True:
            while len(going) < self._workers * AHEAD and (some := list(islice(coming, PATHS))):
                going.append(_Task(some, do.remote(work, some)))
            if not going:
                return
            yield from self._answers(do, work, going.popleft(), failed, tries=1)

    def _answers(self, do: Any, work: Work[T], task: _Task, failed: Failed[T], tries: int) -> list[T]:
        """The answers of a task. One that fell is taken apart: each file again, alone."""
        errors = self._ray.exceptions
        try:
            found: list[T] = self._ray.get(task.answer, timeout=FILE_SECONDS * len(task.paths))
            return found
        except errors.RayTaskError as error:
            raise error.cause from error
        except errors.GetTimeoutError:
            self._ray.cancel(task.answer, force=True)
            reason = TIMED_OUT
        except (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.NodeDiedError):
            reason = BROKE_DOWN
        if len(task.paths) == 1 and (tries >= TRIES or reason == TIMED_OUT):
            return [failed(task.paths[0], reason)]
        answers: list[T] = []
        for path in task.paths:
            alone = _Task([path], do.remote(work, [path]))
            answers += self._answers(do, work, alone, failed, tries + (len(task.paths) == 1))
        return answers


def _do(work: Callable[[str], T], paths: list[str]) -> list[T]:
    return [work(path) for path in paths]
