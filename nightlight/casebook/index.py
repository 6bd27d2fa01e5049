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

from nightlight.casebook import packed, saved
from nightlight.casebook.models import Enrolment, IndexChange
from nightlight.casebook.packed import MIN_QUALITY

if TYPE_CHECKING:
    from nightlight.fingerprint.index import Hits, Index

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


class KnownIndex:
    """Pictures with their derived edits, and frames of videos: two indexes that are in step with one number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._pictures: Index | None = None
        self._frames: Index | None = None
        self.number, self._mark = 0, None
        self._saved = 0

    def search(self, codes: Sequence[str], *, frames: bool = False, radius: int = RADIUS) -> list[Found]:
        """Everything known within `radius` bits of these PDQ hashes, by what is committed now."""
        if not codes:
            return []
        from nightlight.fingerprint.codes import from_hex

        pictures, of_videos = self.in_step()
        searched = of_videos if frames else pictures
        if not len(searched):
            return []
        return _found(searched.search(from_hex(list(codes)), radius))

    def in_step(self) -> "tuple[Index, Index]":
        """The two indexes with every change that is committed now."""
        with self._lock:
            if self._pictures is None or self._frames is None:
                self._open()
            while self._read_on():
                continue
            assert self._pictures is not None and self._frames is not None
            return self._pictures, self._frames

    def size(self) -> tuple[int, int]:
        """How many hashes of pictures and of frames it holds."""
        pictures, frames = self.in_step()
        return len(pictures), len(frames)

    def save(self) -> bool:
        """Writes the index into the home for the next start, if it changed since; true if it did.

        The number is read first: what the files hold beyond it is read again, which changes nothing.
        """
        pictures, frames = self.in_step()
        with self._lock:
            number, mark = self.number, self._mark
        if mark is None or number == self._saved:
            return False
        saved.write(self._folder, saved.Head.now(number, mark), pictures, frames)
        self._saved = number
        return True

    def forget(self) -> None:
        """Lets go of what is in memory; the next question opens or builds it anew."""
        with self._lock:
            self._pictures = self._frames = None

    def _open(self) -> None:
        found = saved.read(self._folder)
        if found is not None and _is_ours(found.head):
            self._pictures, self._frames = found.pictures, found.frames
            self.number, self._mark = found.head.number, found.head.mark
            self._saved = self.number
        else:
            self._build()

    def _build(self) -> None:
        """From the database. The number is read first, so that what changes meanwhile is read once more after."""
        from nightlight.fingerprint.index import Index

        last = IndexChange.objects.order_by("-number").first()
        self.number, self._mark = (last.number, last.mark) if last else (0, None)
        self._pictures, self._frames = Index(), Index()
        count = 0
        for enrolments in _all_present():
            self._add(enrolments)
            count += len(enrolments)
        log.info("index built", extra={"media": count, "number": self.number})

    def _read_on(self) -> bool:
        """Reads the next changes; whether there may be more."""
        rows = list(
            IndexChange.objects.filter(number__gte=self.number)
            .order_by("number")
            .values_list("number", "mark", "enrolment")[: AT_ONCE + 1]
        )
        if self.number:
            if not rows or rows[0][:2] != (self.number, self._mark):
                self._build()
                return True
            rows = rows[1:]
        if not rows:
            return False
        self._refresh({enrolment for _, _, enrolment in rows})
        self.number, self._mark = rows[-1][:2]
        return len(rows) >= AT_ONCE

    def _refresh(self, numbers: set[int]) -> None:
        assert self._pictures is not None and self._frames is not None
        wanted = sorted(numbers)
        present: list[Enrolment] = []
        for first in range(0, len(wanted), _CHUNK):
            present += _with_hashes().filter(number__in=wanted[first : first + _CHUNK])
        ids = _ids(wanted)
        self._pictures.remove(ids)
        self._frames.remove(ids)
        self._add(present)

    def _add(self, enrolments: Sequence[Enrolment]) -> None:
        assert self._pictures is not None and self._frames is not None
        _put(self._pictures, [row for enrolment in enrolments for row in _picture_rows(enrolment)])
        _put(self._frames, [row for enrolment in enrolments for row in _frame_rows(enrolment)])


@lru_cache(maxsize=1)
def known_index() -> KnownIndex:
    """The index of this process."""
    return KnownIndex(settings.NIGHTLIGHT.home / "index")


def _is_ours(head: "saved.Head") -> bool:
    """Whether a saved index is of this home, this grid and this database's own history."""
    return head == saved.Head.now(head.number, head.mark) and (
        IndexChange.objects.filter(number=head.number, mark=head.mark).exists()
    )


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
    if media.pdq and (media.quality is None or media.quality >= MIN_QUALITY):
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
    if not rows:
        return
    import numpy

    from nightlight.fingerprint.codes import from_hex

    numbers, codes, tags = zip(*rows, strict=True)
    index.add(_ids(numbers), from_hex(list(codes)), numpy.asarray(tags, numpy.uint16))


def _ids(numbers: Iterable[int]):  # type: ignore[no-untyped-def]  # numpy is not imported before it is needed
    import numpy

    return numpy.fromiter(numbers, numpy.uint64)


def _found(hits: "Hits") -> list[Found]:
    return [
        Found(int(asked), int(number), int(distance), int(tag))
        for asked, number, distance, tag in zip(hits.query, hits.id, hits.distance, hits.tag, strict=True)
    ]
