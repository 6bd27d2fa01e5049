"""Where a long piece of work stands, beside its output: killed at any moment, it continues, and no line is there twice.

Three files: `OUT`, which grows in whole batches; `OUT.paths`, all that is to be done, written down before anything
is done, so that a changed folder can't shift what was done already; `OUT.journal`, one JSON line that says what this
work is, then one for each batch: how much was done, and how long OUT was then. A batch is on the disk before the
journal says so; what OUT has beyond the journal's last word is cut off when the work continues.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, cast

from nightlight.fingerprint.tree import Item

VERSION = 1


class Refused(Exception):
    """The output can't be written to; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` items are in the first `bytes` bytes of the output; `failed` of them gave an error, `matched` a match."""

    done: int = 0
    bytes: int = 0
    failed: int = 0
    matched: int = 0


class Journal:
    """The three files. A context that keeps other processes off them; what it holds is let go by dying, too."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._paths, self._journal = paths_of(out)[1:]
        self._file = -1
        self._log = -1
        self.total = 0
        self.progress = Progress()

    def __enter__(self) -> Self:
        self._file = os.open(self.out, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise Refused(f"another scan writes to {self.out} now") from error
        return self

    def __exit__(self, *_: object) -> None:
        for number in (self._log, self._file):
            if number >= 0:
                os.close(number)

    def begin(self, what: dict[str, Any], items: Iterable[Item]) -> None:
        """Takes work up where it was left, or begins it and writes all items down; `what` says which work it is.

        Raises Refused if the output is of other work, or is not what was written.
        """
        if self._continue({"version": VERSION, **what}):
            return
        if os.fstat(self._file).st_size:
            raise Refused(f"{self.out} is there already and no scan left it; name another file or delete it")
        self.total = 0
        with _whole(self._paths) as file:
            for item in items:
                file.write(json.dumps(item) + "\n")
                self.total += 1
        with _whole(self._journal) as file:
            file.write(json.dumps({"version": VERSION, **what, "total": self.total}) + "\n")
        self._open_log(None)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.progress.done == self.total

    def remaining(self) -> Iterator[Item]:
        """What is left to do, in order."""
        with self._paths.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number >= self.progress.done:
                    yield cast(Item, json.loads(line))

    def record(self, lines: list[bytes], failed: int, matched: int) -> None:
        """Adds one batch: the line of each item, without its end."""
        batch = b"".join(line + b"\n" for line in lines)
        _write(self._file, batch)
        os.fdatasync(self._file)
        was = self.progress
        self.progress = Progress(
            was.done + len(lines), was.bytes + len(batch), was.failed + failed, was.matched + matched
        )
        _write(self._log, json.dumps(asdict(self.progress)).encode() + b"\n")
        os.fdatasync(self._log)

    def finish(self) -> None:
        """Takes away what is only needed to continue. The journal stays: it says that the output is whole."""
        self._paths.unlink(missing_ok=True)

    def _continue(self, what: dict[str, Any]) -> bool:
        try:
            content = self._journal.read_bytes()
        except FileNotFoundError:
            return False
        end = content.rfind(b"\n") + 1  # a last line without an end was being written
        plan, *steps = content[:end].splitlines() or [b"{}"]
        begun = json.loads(plan)
        progress = Progress(**json.loads(steps[-1])) if steps else Progress()
        size = os.fstat(self._file).st_size
        if progress.bytes and not size:
            return False  # the output was deleted: begin anew
        self.total = begun.pop("total", 0)
        if begun != what:
            if not progress.done:
                return False
            raise Refused(
                f"{self._journal} is of a scan with another folder, other lists or other options: go on with those, "
                f"name another output, or delete {self.out} and {self._journal}"
            )
        if size < progress.bytes:
            raise Refused(
                f"{self.out} is shorter than it was left: delete it and {self._journal} to scan anew"
            )
        if progress.done < self.total and not self._paths.exists():
            raise Refused(f"{self._paths} is gone: delete {self.out} and {self._journal} to scan anew")
        self.progress = progress
        os.ftruncate(self._file, progress.bytes)
        os.lseek(self._file, 0, os.SEEK_END)
        self._open_log(end)
        return True

    def _open_log(self, end: int | None) -> None:
        self._log = os.open(self._journal, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        if end is not None:
            os.ftruncate(self._log, end)


def paths_of(out: Path) -> tuple[Path, Path, Path]:
    """The output, the list of what is to be done, and the journal."""
    return out, out.with_name(f"{out.name}.paths"), out.with_name(f"{out.name}.journal")


def belongings(out: Path) -> frozenset[str]:
    """Every file that a scan with this output may leave, as absolute paths: none of them is to be scanned."""
    found = paths_of(out)
    return frozenset(str(path.absolute()) for path in (*found, *map(_unfinished, found[1:])))


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.unfinished")


class _whole:  # noqa: N801 (reads like the function it is)
    """A text file that is there whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path, self._unfinished = path, _unfinished(path)

    def __enter__(self) -> Any:
        self._file = self._unfinished.open("w", encoding="utf-8")
        return self._file

    def __exit__(self, kind: object, *_: object) -> None:
        with self._file:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
        if kind is None:
            self._unfinished.replace(self._path)
        else:
            self._unfinished.unlink()


def _write(number: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(number, view) :]
