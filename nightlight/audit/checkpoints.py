"""Signed checkpoints: what the tree was at a size, so that nobody, not even we, can change what is before it.

Each is in the database and, one JSON object a line, in `checkpoints.log` of the home. Every machine that runs a
worker keeps its own copy of all of them: whoever alters the database would have to alter every machine.
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from nightlight.audit import sequencer
from nightlight.audit.models import Checkpoint, Tree
from nightlight.audit.tree import Frontier
from nightlight.vault.signing import sign_bytes, verify_bytes
from nightlight.work import clock
from nightlight.work.home import ring

EVERY = timedelta(seconds=60)  # real time
EVERY_ENTRIES = 1000


def keep_up() -> None:
    """What the worker does beside its work, each second of real time: place, sign when it is time, copy."""
    sequencer.sequence_once()
    checkpoint_if_due()
    copy_to_home()


def checkpoint_now() -> Checkpoint | None:
    """Places what is pending and signs the tree as it then is; None while the log is empty.

    A tree that did not grow keeps the checkpoint it has. Raises OSError if the home can't be written.
    """
    sequencer.sequence_once()
    found = _sign()
    copy_to_home()
    return found


def checkpoint_if_due() -> Checkpoint | None:
    """Signs the tree if it grew and a minute of real time passed, or a thousand entries came, since the last."""
    tree = Tree.objects.filter(pk=1).first()
    last = Checkpoint.objects.order_by("-size").first()
    if tree is None or tree.size <= (last.size if last else 0):
        return None
    if last and tree.size - last.size < EVERY_ENTRIES and clock.real_now() - last.at < EVERY:
        return None
    return _sign()


def signed_bytes(size: int, root: str, at: datetime) -> bytes:
    """What is signed: four lines that say themselves what they are."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"nightlight audit checkpoint\n{size}\n{root}\n{when}\n".encode()


def holds(checkpoint: Checkpoint) -> bool:
    """Whether this home signed the checkpoint."""
    try:
        signature = b64decode(checkpoint.signature, validate=True)
    except (NotBase64, ValueError):
        return False
    body = signed_bytes(checkpoint.size, checkpoint.root, checkpoint.at)
    return verify_bytes(ring().public_key, body, signature)


def home_file() -> Path:
    """Where this machine keeps its copy."""
    return Path(settings.NIGHTLIGHT.home) / "checkpoints.log"


def copy_to_home() -> int:
    """Appends to the home the checkpoints it has not yet, on the disk when this returns; says how many.

    A line that a crash left half written is written again. Raises OSError.
    """
    path = home_file()
    if not Checkpoint.objects.filter(size__gt=_last_size(path)).exists():
        return 0
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _cut_half_line(file)
        count = 0
        for checkpoint in Checkpoint.objects.filter(size__gt=last).order_by("size").iterator():
            file.write(_line(checkpoint))
            count += 1
        file.flush()
        os.fsync(file.fileno())
        return count


def in_home() -> Iterator[Checkpoint | None]:
    """The checkpoints of this machine's copy, in order; None for a line that is none. Streams."""
    path = home_file()
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            yield _read(line)


@transaction.atomic
def _sign() -> Checkpoint | None:
    tree = sequencer.locked_tree()
    if tree.size == 0:
        return None
    if found := Checkpoint.objects.filter(size=tree.size).first():
        return found
    root, at = Frontier.from_json(tree.size, tree.frontier).root().hex(), clock.real_now()
    signature = b64encode(sign_bytes(ring(), signed_bytes(tree.size, root, at))).decode()
    return Checkpoint.objects.create(size=tree.size, root=root, at=at, signature=signature)


def _line(checkpoint: Checkpoint) -> bytes:
    line = {
        "size": checkpoint.size,
        "root": checkpoint.root,
        "at": checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "signature": checkpoint.signature,
    }
    return json.dumps(line).encode() + b"\n"


def _read(line: bytes) -> Checkpoint | None:
    try:
        found = json.loads(line)
        return Checkpoint(
            size=int(found["size"]),
            root=str(found["root"]),
            at=datetime.fromisoformat(found["at"]),
            signature=str(found["signature"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _last_size(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return _last_whole_line(file)[0]


def _cut_half_line(file: BinaryIO) -> int:
    """Cuts what a crash left after the last whole line, stands at the end, and returns the last size."""
    size, end = _last_whole_line(file)
    file.truncate(end)
    file.seek(end)
    return size


def _last_whole_line(file: BinaryIO) -> tuple[int, int]:
    """The size in the last line that ends in a newline, and where that line ends. Reads the last 4 KiB only."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - 4096)
    file.seek(start)
    tail = file.read()
    whole = tail.rfind(b"\n") + 1
    last = _read(tail[:whole].rstrip(b"\n").rsplit(b"\n", 1)[-1])
    return (last.size if last else 0), start + whole
