"""Fingerprints of bytes that strangers chose, taken in processes of their own.

A file that exhausts memory, never ends or breaks its decoder takes one forked child with it, becomes a `MediaError`
with a name, and the next file finds a warm process at once. Bytes go by pipe, never to disk; the child inherits no
descriptor, no environment but what a decoder needs, and can open no file (`confined.py`). What it answers is not
believed: cryptographic digests are taken here, the rest is checked for its shape.

>>> sandbox = Sandbox(workers=1, seconds=20, megabytes=1024)
>>> sandbox.fingerprints(picture).pdq  # doctest: +SKIP
'd8f8f0cec0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22'
"""

import atexit
import contextlib
import json
import os
import queue
import re
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from nightlight.fingerprint.digests import Digests, digests
from nightlight.fingerprint.errors import BY_NAME, Empty, TimedOut, Trouble, Unreadable
from nightlight.fingerprint.sandbox_worker import HEAD, LENGTH, MOST_ANSWER

EXAMINE = "nightlight.fingerprint.examine:examine"
START_SECONDS = 300.0  # the first start on a machine compiles the loops
SLACK_SECONDS = 1.0  # what the process beside us may take to end a child that is over its time
PIECE = 1024 * 1024
KEPT_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR")
DIED = {
    Trouble.TIMED_OUT: "it takes longer than we give a file",
    Trouble.OUT_OF_MEMORY: "it takes more memory than we give a file",
    Trouble.UNREADABLE: "its decoder broke down",
}
_HEX = re.compile(r"[0-9a-f]{64}")


class Unavailable(Exception):
    """No process could be started to open files with: that says nothing about the file."""


class Busy(TimedOut):
    """Other files held every process for as long as a file may take: this one was not opened."""


@dataclass(frozen=True, slots=True)
class FrameHash:
    """One frame of a video: its number, seconds from the start, quality 0-100, PDQ in hex."""

    frame: int
    timestamp: float
    quality: int
    pdq: str


@dataclass(frozen=True, slots=True)
class EditHash:
    """The PDQ of an edit of a picture. `via` names the edit; `tag` is its number in the grid, 0 for a look-up's."""

    via: str
    tag: int
    quality: int
    pdq: str


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """All that a file is known by. `kind` is `image` or `video`; an image has pdq and quality, a video frames and
    duration in seconds. `derived` and `looks` only where they were asked for."""

    kind: str
    digests: Digests
    width: int = 0
    height: int = 0
    pdq: str = ""
    quality: int | None = None
    duration: float = 0.0
    frames: tuple[FrameHash, ...] = ()
    derived: tuple[EditHash, ...] = ()
    looks: tuple[EditHash, ...] = ()


class Sandbox:
    """`workers` files at once at most; each may take `seconds` of real time and `megabytes` of memory."""

    def __init__(
        self, workers: int = 1, seconds: float = 30.0, megabytes: int = 1024, *, examine: str = EXAMINE
    ) -> None:
        self.seconds, self.megabytes = seconds, megabytes
        self._places: queue.LifoQueue[_Beside | None] = queue.LifoQueue()
        self._examine = examine
        self._closed = threading.Event()
        self._all: set[_Beside] = set()
        for _ in range(workers):
            self._places.put(None)
        atexit.register(self.close)

    def fingerprints(self, data: bytes, *, grid: bytes | None = None, looks: bool = False) -> Fingerprints:
        """The fingerprints of a file's bytes; with `grid`, a seed, also those of its edits, with `looks` those by
        which it is looked up through edits.

        Waits for a free process, then for the file, `seconds` in all (and a second where a process must be ended);
        only the start of a process, once, is not counted. Raises a MediaError, and Unavailable where none starts.
        """
        taken = digests(data)
        if not data:
            raise Empty("there are no bytes")
        return _checked(self.answer(data, {"grid": grid.hex() if grid else None, "looks": looks}), taken)

    def answer(self, data: bytes, ask: dict[str, Any]) -> object:
        """What a child made of the bytes, asked with these words (JSON): not believed yet, the caller checks its
        shape. Waits and raises as `fingerprints` does."""
        words = self._ask(data, ask)
        if "ok" in words:
            return words["ok"]
        name, say = str(words.get("died") or words.get("error")), words.get("say")
        if name not in BY_NAME:
            raise Unreadable(DIED[Trouble.UNREADABLE])
        raise BY_NAME[name](say if isinstance(say, str) else DIED.get(Trouble(name), "it can't be read"))

    def warm_up(self) -> None:
        """Starts one process and waits until it is ready, so that the first file does not. Raises Unavailable."""
        place = self._place(time.monotonic() + START_SECONDS)
        try:
            place = self._running(place)
        finally:
            self._places.put(place)

    def close(self) -> None:
        """Ends the processes; whoever waits for one gets Unavailable. For good, and safe to call again."""
        self._closed.set()
        atexit.unregister(self.close)
        for beside in list(self._all):
            beside.end()
        self._all.clear()

    def _ask(self, data: bytes, ask: dict[str, Any]) -> dict[str, Any]:
        place = self._place(time.monotonic() + self.seconds)
        try:
            for attempt in (1, 2):
                place = self._running(place)
                try:
                    return place.ask(data, ask, self.seconds, self.megabytes)
                except _Lost:  # ended by someone else, between two files perhaps: the file gets a second try
                    place.end()
                    if attempt == 2:
                        raise Unavailable("the process that opens files ended twice") from None
                except _Late:
                    place.end()
                    return {"died": "timed_out"}
        finally:
            self._places.put(place)
        raise AssertionError("unreachable")

    def _place(self, deadline: float) -> "_Beside | None":
        try:
            return self._places.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise Busy("other files held every process for too long") from None

    def _running(self, place: "_Beside | None") -> "_Beside":
        if place is not None and place.is_alive():
            return place
        if place is not None:
            self._all.discard(place)
        if self._closed.is_set():
            raise Unavailable("we are closing")
        beside = _Beside(self._examine)
        self._all.add(beside)
        try:
            beside.wait_ready(START_SECONDS)
        except (_Lost, _Late) as error:
            beside.end()
            self._all.discard(beside)
            raise Unavailable(f"no process that opens files could be started: {error}") from error
        return beside


class _Lost(Exception):
    """The process beside us is gone."""


class _Late(Exception):
    """The process beside us did not answer in time."""


class _Beside:
    """One process of `sandbox_worker.py`, and the pipes to it."""

    def __init__(self, examine: str) -> None:
        environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *_test_path(examine)]),
            "LANG": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2",
        }
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-s", "-m", "nightlight.fingerprint.sandbox_worker", examine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            bufsize=0,
            start_new_session=True,  # signals of the terminal are the parent's to answer
        )
        self._in = cast(IO[bytes], self._process.stdin).fileno()
        self._out = cast(IO[bytes], self._process.stdout).fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self, seconds: float) -> None:
        said = self._read(time.monotonic() + seconds)
        if said != {"ready": True}:
            raise _Lost(str(said.get("broken", ""))[:200])

    def ask(self, data: bytes, ask: dict[str, Any], seconds: float, megabytes: int) -> dict[str, Any]:
        question = json.dumps({"ask": ask, "seconds": seconds, "megabytes": megabytes}).encode()
        deadline = time.monotonic() + seconds + SLACK_SECONDS
        self._write(HEAD.pack(len(question), len(data)) + question, deadline)
        self._write(data, deadline)
        return self._read(deadline)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                cast(IO[bytes], pipe).close()

    def _write(self, data: bytes, deadline: float) -> None:
        left = memoryview(data)
        while left:
            self._wait(self._in, selectors.EVENT_WRITE, deadline)
            try:
                left = left[os.write(self._in, left[:PIECE]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise _Lost from error

    def _read(self, deadline: float) -> dict[str, Any]:
        (size,) = LENGTH.unpack(self._exactly(LENGTH.size, deadline))
        if size > MOST_ANSWER:
            raise _Lost
        words = json.loads(self._exactly(size, deadline))
        return words if isinstance(words, dict) else {}

    def _exactly(self, size: int, deadline: float) -> bytes:
        got = bytearray()
        while len(got) < size:
            self._wait(self._out, selectors.EVENT_READ, deadline)
            try:
                piece = os.read(self._out, min(PIECE, size - len(got)))
            except BlockingIOError:
                continue
            except OSError as error:
                raise _Lost from error
            if not piece:
                raise _Lost
            got += piece
        return bytes(got)

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(descriptor, event)
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                raise _Late


def _test_path(examine: str) -> list[str]:
    """Where a module that is not of this package lies: only tests examine with one."""
    return [] if examine.startswith("nightlight.") else [str(Path.cwd())]


def _checked(words: object, taken: Digests) -> Fingerprints:
    """What a child answered, if it has the right shape. Raises MediaError otherwise."""
    try:
        found = cast(dict[str, Any], words)
        kind = found["kind"]
        if kind not in ("image", "video"):
            raise ValueError
        quality = None if found.get("quality") is None else _within(found["quality"], 100)
        return Fingerprints(
            kind=kind,
            digests=taken,
            width=_within(found.get("width", 0), 10**7),
            height=_within(found.get("height", 0), 10**7),
            pdq=_code(found["pdq"]) if found.get("pdq") else "",
            quality=quality,
            duration=float(found.get("duration", 0.0)),
            frames=tuple(
                FrameHash(_within(n, 10**9), float(at), _within(q, 100), _code(code))
                for n, at, q, code in found.get("frames", ())
            ),
            derived=tuple(_edit(*row) for row in found.get("derived", ())),
            looks=tuple(_edit(*row) for row in found.get("looks", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Unreadable("its decoder gave nonsense") from error


def _edit(via: str, tag: int, quality: int, code: str) -> EditHash:
    if not isinstance(via, str) or len(via) > 60:
        raise ValueError
    return EditHash(via, _within(tag, 65_535), _within(quality, 100), _code(code))


def _within(number: object, most: int) -> int:
    if not isinstance(number, int) or not 0 <= number <= most:
        raise ValueError
    return number


def _code(text: object) -> str:
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise ValueError
    return text
