"""The index as files in the home, so that a start with millions of hashes does not read them from the database.

One folder per saving, `<number>-<random>/` with `pictures` and `frames`; `head.json`, put in place last and whole,
names the one that holds. What is missing, cut, changed, of another home, of another grid or of another format is
answered with None, and the index is built from the database instead: nothing here is believed.
"""

import json
import logging
import shutil
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING
from uuid import UUID

from nightlight.casebook import hashing
from nightlight.vault.files import whole_file
from nightlight.work.home import ring

if TYPE_CHECKING:
    from nightlight.fingerprint.index import Index

log = logging.getLogger(__name__)

FORMAT = 1
HEAD = "head.json"


@dataclass(frozen=True, slots=True)
class Head:
    """What a saved index is of: `number` and `mark` are those of the last change it holds for certain."""

    number: int
    mark: UUID
    ring: str
    grid: str
    format: int = FORMAT

    @classmethod
    def now(cls, number: int, mark: UUID) -> "Head":
        """The head that this home writes now."""
        return cls(number, mark, ring().fingerprint, hashing.grid_id(hashing.grid_seed()))


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved index, opened."""

    head: Head
    pictures: "Index"
    frames: "Index"


def write(folder: Path, head: Head, pictures: "Index", frames: "Index") -> None:
    """Saves both indexes, then makes them the ones that hold and removes the earlier ones."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{head.number}-{token_hex(4)}"
    part.mkdir(mode=0o700)
    pictures.save(part / "pictures")
    frames.save(part / "frames")
    words = {**asdict(head), "mark": str(head.mark), "folder": part.name}
    text = json.dumps(words).encode()
    with whole_file(folder / HEAD) as file:
        file.write(json.dumps({"head": words, "crc": zlib.crc32(text)}).encode())
    for other in folder.iterdir():
        if other.is_dir() and other != part:
            shutil.rmtree(other, ignore_errors=True)


def read(folder: Path) -> Saved | None:
    """The saved index that holds, None where there is none to be trusted."""
    if not (folder / HEAD).is_file():
        return None
    try:
        return _read(folder)
    except Exception as error:  # whatever is wrong with a file: the database has it all
        log.warning("saved index not used", extra={"error": type(error).__name__})
        return None


def _read(folder: Path) -> Saved:
    from nightlight.fingerprint import saved
    from nightlight.fingerprint.index import Index

    found = json.loads((folder / HEAD).read_bytes())
    words = found["head"]
    if zlib.crc32(json.dumps(words).encode()) != found["crc"]:
        raise ValueError("the head was changed")
    part = folder / Path(words.pop("folder")).name
    head = Head(**{**words, "mark": UUID(words["mark"])})
    if head.format != FORMAT:
        raise ValueError("another format")
    for name in ("pictures", "frames"):
        saved.check(part / name)
    return Saved(head, Index.open(part / "pictures"), Index.open(part / "frames"))
