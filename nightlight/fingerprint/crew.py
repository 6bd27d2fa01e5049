"""Many files examined at once by processes of this machine: answers in the order of the questions, none ever missing.

A process that a file brings down (a decoder that crashes, the kernel short of memory) costs that file only: it is
tried once more by a new process, and then answered as failed. So is a file that takes longer than its time.
"""

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from typing import Generic, Protocol, Self, TypeVar, cast

T = TypeVar("T")
Work = Callable[[str], T]
Failed = Callable[[str, str], T]

FILE_SECONDS = 3600.0  # a film of many hours takes minutes
AHEAD = 16  # questions a worker may be ahead of the slowest answer
TRIES = 2
BROKE_DOWN = "unreadable: its decoder broke down"
TIMED_OUT = "timed_out: it takes longer than we give a file"


class Executor(Protocol):
    """What examines many files. Used as a context; what it started is gone afterwards."""

    def map(self, work: Work[T], paths: Iterable[str], failed: Failed[T]) -> Iterator[T]:
        """`work(path)` for each path, in their order; `failed(path, reason)` where a process was lost over it.

        Raises what `work` raises. Paths are taken only as far ahead as there is something to do.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Alone:
    """This process itself: for one file, where starting others would take longer than the work."""

    def map(self, work: Work[T], paths: Iterable[str], failed: Failed[T]) -> Iterator[T]:
        return map(work, paths)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


@dataclass(slots=True)
class _Question(Generic[T]):
    path: str
    tries: int = 0
    answered: bool = False
    answer: T | None = None
    began: float = 0.0


class Crew:
    """`workers` processes of this machine, started when there is work for them."""

    def __init__(self, workers: int = 0, seconds: float = FILE_SECONDS) -> None:
        self._most = workers or os.cpu_count() or 1
        self._seconds = seconds
        self._workers: list[_Worker] = []
        self._context = multiprocessing.get_context("forkserver")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers = []

    def map(self, work: Work[T], paths: Iterable[str], failed: Failed[T]) -> Iterator[T]:
        """As `Executor.map` says."""
        coming = iter(paths)
        waiting: deque[_Question[T]] = deque()  # in order, answered or not
        undone: deque[_Question[T]] = deque()  # not with a worker
        busy: dict[Connection, tuple[_Worker, _Question[T]]] = {}
        try:
            while True:
                while len(waiting) < self._most * AHEAD and (path := next(coming, None)) is not None:
                    undone.append(_Question(path))
                    waiting.append(undone[-1])
                self._hand_out(work, undone, busy)
                while waiting and waiting[0].answered:
                    yield waiting.popleft().answer  # type: ignore[misc]  # answered, so it is a T
                if waiting:
                    self._collect(busy, undone, failed)
                elif (path := next(coming, None)) is None:
                    return
                else:
                    undone.append(_Question(path))
                    waiting.append(undone[-1])
        finally:
            for worker, _ in busy.values():  # the caller stopped in the middle
                worker.end()
                self._workers.remove(worker)

    def _hand_out(
        self,
        work: Work[T],
        undone: deque[_Question[T]],
        busy: dict[Connection, tuple["_Worker", _Question[T]]],
    ) -> None:
        while undone and len(busy) < self._most:
            taken = {id(worker) for worker, _ in busy.values()}
            worker = next((each for each in self._workers if id(each) not in taken), None)
            if worker is None:
                worker = _Worker(self._context.Process, self._context.Pipe)
                self._workers.append(worker)
            question = undone.popleft()
            question.tries += 1
            question.began = time.monotonic()
            with suppress(OSError):  # it died while it was idle: found out below, and tried again
                worker.line.send((work, question.path))
            busy[worker.line] = (worker, question)

    def _collect(
        self,
        busy: dict[Connection, tuple["_Worker", _Question[T]]],
        undone: deque[_Question[T]],
        failed: Failed[T],
    ) -> None:
        oldest = min(question.began for _, question in busy.values())
        for line in wait(list(busy), timeout=max(oldest + self._seconds - time.monotonic(), 0)):
            worker, question = busy.pop(cast(Connection, line))
            try:
                question.answer, error = worker.line.recv()
            except (EOFError, OSError):
                self._lose(worker, question, undone, failed, BROKE_DOWN)
                continue
            if error is not None:
                raise error
            question.answered = True
        now = time.monotonic()
        for line, (worker, question) in list(busy.items()):
            if now - question.began >= self._seconds:
                del busy[line]
                question.tries = TRIES
                self._lose(worker, question, undone, failed, TIMED_OUT)

    def _lose(
        self,
        worker: "_Worker",
        question: _Question[T],
        undone: deque[_Question[T]],
        failed: Failed[T],
        reason: str,
    ) -> None:
        worker.end()
        self._workers.remove(worker)
        if question.tries < TRIES:
            undone.appendleft(question)
        else:
            question.answer, question.answered = failed(question.path, reason), True


class _Worker:
    """One process and our end of the line to it."""

    def __init__(
        self,
        process: Callable[..., ForkServerProcess],
        pipe: Callable[[], tuple["Connection", "Connection"]],
    ) -> None:
        self.line, theirs = pipe()
        self._process = process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.line.recv()  # it is there: the time for a file begins with the file

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.line.close()


def _serve(line: Connection) -> None:
    """A worker's life: answers until the line is closed, also when the command that asked is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which ends us
    with suppress(EOFError, OSError):
        line.send(None)
        while True:
            work, path = line.recv()
            try:
                line.send((work(path), None))
            except OSError:
                raise
            except Exception as error:
                line.send((None, error))
