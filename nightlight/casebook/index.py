"""The index of known media in this process, kept in step with the database at every question.

Every process that matches (web, worker) holds its own. `known.touch` numbers the changes in the order of their
commits; before it searches, a process reads those after the last it has, and looks each enrolment named there up as it
is now. So what was decided is found by the next question after the commit, in every process, with nobody telling
anybody. The first row read is the last one known: where it has another mark the database is another one (restored,
or rolled back), and the index is built anew.

The saved index (`saved.py`) only makes a start fast: it is true up to a number, and the rest is read as above.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from nightlight.casebook import hashing, packed, saved
from nightlight.casebook.fingerprints import is_distinct
from nightlight.casebook.models import Enrolment, IndexChange
from nightlight.casebook.packed import MIN_QUALITY

if TYPE_CHECKING:
    from nightlight.fingerprint.index import Hits, Index, Snapshot

log = logging.getLogger(__name__)

RADIUS = 31
AT_ONCE = 2000  # enrolments in memory at a time
_CHUNK = 400  # below SQLite's limit of variables

Row = tuple[int, str, int]  # enrolment, PDQ in hex, tag


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: the place of the code asked, the enrolment's number, the distance, and the edit's tag (0 as it is)."""

    asked: int
    number: int
    distance: int
    tag: int


@dataclass(slots=True)
class _Held:
    """What is in memory: pictures with their derived edits, and frames of videos, both true up to `number`."""

    pictures: "Index"
    frames: "Index"
    number: int = 0
    mark: UUID | None = None


class KnownIndex:
    """The known media of this home, searched by what is committed now. Any number of threads may ask."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._saved = 0

    def search(self, codes: Sequence[str], *, frames: bool = False, radius: int = RADIUS) -> list[Found]:
        """Everything known within `radius` bits of these PDQ hashes (hex): pictures, or the frames of videos."""
        if not codes:
            return []
        from nightlight.fingerprint.codes import from_hex

        searched = self.in_step()[1 if frames else 0]
        return _found(searched.search(from_hex(list(codes)), radius)) if len(searched) else []

    def in_step(self) -> "tuple[Snapshot, Snapshot]":
        """Pictures and frames with every change that is committed now, as later changes leave them."""
        with self._lock:
            held = self._in_step()
            return held.pictures.snapshot(), held.frames.snapshot()

    def facts(self) -> tuple[int, int, int]:
        """How many hashes of pictures and of frames are held, and up to which number."""
        with self._lock:
            held = self._in_step()
            return len(held.pictures), len(held.frames), held.number

    def held(self) -> tuple[int, int, int] | None:
        """As `facts`, of what is in memory without asking the database; None before the first question."""
        held = self._held
        return None if held is None else (len(held.pictures), len(held.frames), held.number)

    def save(self) -> bool:
        """Writes the index into the home for the next start, if it changed since; true if it did.

        The number is read first: what the files hold beyond it is read once more, which changes nothing.
        """
        with self._lock:
            held = self._in_step()
            number, mark = held.number, held.mark
        if mark is None or number == self._saved:
            return False
        saved.write(self._folder, saved.Head.now(number, mark), held.pictures, held.frames)
        self._saved = number
        return True

    def _in_step(self) -> _Held:
        """With the lock held."""
        held = self._held or self._open()
        while True:
            changes = _changes(held)
            if changes is None:
                held = _built()
                continue
            if not changes:
                break
            _apply(held, {enrolment for _, _, enrolment in changes})
            held.number, held.mark, _ = changes[-1]
        self._held = held
        return held

    def _open(self) -> _Held:
        found = saved.read(self._folder)
        if found is None or not _is_ours(found.head):
            return _built()
        self._saved = found.head.number
        return _Held(found.pictures, found.frames, found.head.number, found.head.mark)


@lru_cache(maxsize=1)
def known_index() -> KnownIndex:
    """The index of this process."""
    return KnownIndex(settings.NIGHTLIGHT.home / "index")


def _is_ours(head: saved.Head) -> bool:
    """Whether a saved index is of this home, this grid and this database's own history."""
    if head != saved.Head.now(head.number, head.mark):
        return False
    return IndexChange.objects.filter(number=head.number, mark=head.mark).exists()


def _built() -> _Held:
    """From the database. The number is read first, so that what changes meanwhile is read once more after."""
    from nightlight.fingerprint.index import Index

    seed = int.from_bytes(hashing.grid_seed()[:8])
    held = _Held(Index(seed), Index(seed))
    last = IndexChange.objects.order_by("-number").first()
    if last is not None:
        held.number, held.mark = last.number, last.mark
    for enrolments in _all_present():
        _add(held, enrolments)
    log.info("index built", extra={"hashes": len(held.pictures) + len(held.frames), "number": held.number})
    return held


def _changes(held: _Held) -> list[tuple[int, UUID, int]] | None:
    """The next changes as number, mark and enrolment; None where the last one known is not there any more."""
    rows = list(
        IndexChange.objects.filter(number__gte=held.number)
        .order_by("number")
        .values_list("number", "mark", "enrolment")[: AT_ONCE + 1]
    )
    if not held.number:
        return rows
    return rows[1:] if rows and rows[0][:2] == (held.number, held.mark) else None


def _apply(held: _Held, numbers: set[int]) -> None:
    """Looks these enrolments up as they are now; those that are not present any more are only removed."""
    wanted = sorted(numbers)
    held.pictures.remove(wanted)
    held.frames.remove(wanted)
    for first in range(0, len(wanted), _CHUNK):
        _add(held, _with_hashes().filter(number__in=wanted[first : first + _CHUNK]))


def _add(held: _Held, enrolments: Iterable[Enrolment]) -> None:
    pictures: list[Row] = []
    frames: list[Row] = []
    for enrolment in enrolments:
        pictures += _picture_rows(enrolment)
        frames += _frame_rows(enrolment)
    _put(held.pictures, pictures)
    _put(held.frames, frames)


def _with_hashes() -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(present=True).select_related("media__edits")


def _all_present() -> Iterator[list[Enrolment]]:
    after = 0
    while rows := list(_with_hashes().filter(number__gt=after).order_by("number")[:AT_ONCE]):
        yield rows
        after = rows[-1].number


def _picture_rows(enrolment: Enrolment) -> Iterator[Row]:
    """A picture's own hash and those of its edits; none of a picture too flat to be told from others."""
    media = enrolment.media
    if is_distinct(media):
        yield enrolment.number, media.pdq, 0
        edits = getattr(media, "edits", None)
        if edits is not None:
            for row in packed.edits(bytes(edits.derived)):
                if row.quality >= MIN_QUALITY:
                    yield enrolment.number, row.pdq, row.tag


def _frame_rows(enrolment: Enrolment) -> Iterator[Row]:
    seen = set()
    for row in packed.frames(bytes(enrolment.media.frames)):
        if row.quality >= MIN_QUALITY and row.pdq not in seen:
            seen.add(row.pdq)
            yield enrolment.number, row.pdq, 0


def _put(index: "Index", rows: list[Row]) -> None:
    if rows:
        from nightlight.fingerprint.codes import from_hex

        numbers, codes, tags = zip(*rows, strict=True)
        index.add(numbers, from_hex(codes), tags)


def _found(hits: "Hits") -> list[Found]:
    return [
        Found(int(asked), int(number), int(distance), int(tag))
        for asked, number, distance, tag in zip(hits.query, hits.id, hits.distance, hits.tag, strict=True)
    ]
