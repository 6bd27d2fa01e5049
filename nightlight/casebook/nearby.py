"""Which known media a medium is like: what the index proposes, read against the database.

A likeness proposes and raises priority; it decides nothing (`docs/architecture.md`, "Known is not proven"). The index
may be a moment behind: what it names counts only where its enrolment is present in the database now.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from nightlight.casebook import hashing, known, packed, practices
from nightlight.casebook.fingerprints import is_distinct
from nightlight.casebook.index import Found, known_index
from nightlight.casebook.models import EditHashes, Enrolment, Media, NeverMatch
from nightlight.casebook.packed import MIN_QUALITY

AS_IS, FRAME, VIDEO, EDIT = "as_is", "frame", "video", "edit"
QUERY_SHARE = 0.8  # of a video's frames that must be known for the video to be (vPDQ's rule)
MOST_TOLD = 100
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Near:
    """One known Media that a medium is like. `distance` is the smallest in bits; `via` is `as_is`, `video`, `frame`
    (a picture that is a frame of a known video), or the edits seen through, joined with `+`. `never` is there where
    a manager marked the known Media as matching nothing: then this is no match, only told."""

    media: UUID
    distance: int
    via: str
    never: NeverMatch | None = None


def near(media: Iterable[Media]) -> dict[UUID, list[Near]]:
    """For each of these media the known media it is like, itself left out, the nearest first."""
    asked = {each.pk: each for each in media}
    through = practices.is_on(practices.THROUGH_EDITS)
    hits: dict[tuple[UUID, int], tuple[int, str]] = {}
    _pictures(asked, hits, through=through)
    _videos(asked, hits)
    return _read(asked, hits)


def near_codes(codes: Sequence[str]) -> list[dict[str, int]]:
    """For each PDQ (hex) the known pictures' own hashes within the radius, with their distances, the MOST_TOLD nearest
    at most. No hash that was derived from a picture's edits is among them: this is what members are told by."""
    hits: list[list[tuple[int, int]]] = [[] for _ in codes]
    for found in known_index().search(codes):  # by distance
        if not found.tag and len(hits[found.asked]) < MOST_TOLD:
            hits[found.asked].append((found.number, found.distance))
    numbers = sorted({number for each in hits for number, _ in each})
    own: dict[int, str] = {}
    for first in range(0, len(numbers), _CHUNK):
        rows = Enrolment.objects.filter(number__in=numbers[first : first + _CHUNK], present=True)
        own |= dict(rows.values_list("number", "media__pdq"))
    result: list[dict[str, int]] = []
    for each in hits:
        nearest: dict[str, int] = {}
        for number, distance in each:
            if number in own:
                nearest.setdefault(own[number], distance)
        result.append(nearest)
    return result


def _pictures(
    asked: dict[UUID, Media], hits: dict[tuple[UUID, int], tuple[int, str]], *, through: bool
) -> None:
    looks = [(pk, AS_IS, each.pdq) for pk, each in asked.items() if is_distinct(each)]
    if not looks:
        return
    if through:
        looks += _edited_looks([pk for pk, _, _ in looks])
    codes = [code for _, _, code in looks]
    names = hashing.grid_names(hashing.grid_seed()) if through else ()
    for found in known_index().search(codes):
        if found.tag and not through:
            continue
        pk, look, _ = looks[found.asked]
        _keep(hits, (pk, found.number), found.distance, _via(look, found.tag, names))
    for found in known_index().search(codes, frames=True):
        pk, look, _ = looks[found.asked]
        _keep(hits, (pk, found.number), found.distance, FRAME if look == AS_IS else f"{look}+{FRAME}")


def _videos(asked: dict[UUID, Media], hits: dict[tuple[UUID, int], tuple[int, str]]) -> None:
    for pk, each in asked.items():
        codes = sorted({row.pdq for row in packed.frames(bytes(each.frames)) if row.quality >= MIN_QUALITY})
        of: dict[int, list[Found]] = defaultdict(list)
        for found in known_index().search(codes, frames=True):
            of[found.number].append(found)
        for number, each_found in of.items():
            if len({found.asked for found in each_found}) >= QUERY_SHARE * len(codes):
                _keep(hits, (pk, number), min(found.distance for found in each_found), VIDEO)


def _edited_looks(media_ids: Sequence[UUID]) -> list[tuple[UUID, str, str]]:
    rows: list[tuple[UUID, str, str]] = []
    for first in range(0, len(media_ids), _CHUNK):
        for edits in EditHashes.objects.filter(media__in=media_ids[first : first + _CHUNK]):
            rows += [
                (edits.media_id, via, code)
                for via, quality, code in edits.looks
                if quality >= MIN_QUALITY and via != AS_IS
            ]
    return rows


def _via(look: str, tag: int, names: Sequence[str]) -> str:
    if not tag:
        return look
    name = names[tag - 1] if tag <= len(names) else EDIT
    return name if look == AS_IS else f"{look}+{name}"


def _keep(
    hits: dict[tuple[UUID, int], tuple[int, str]], key: tuple[UUID, int], distance: int, via: str
) -> None:
    """Keeps the nearest way; of two as near, the plain one."""
    best = hits.get(key)
    if best is None or (distance, via != AS_IS) < (best[0], best[1] != AS_IS):
        hits[key] = (distance, via)


def _read(asked: dict[UUID, Media], hits: dict[tuple[UUID, int], tuple[int, str]]) -> dict[UUID, list[Near]]:
    numbers = sorted({number for _, number in hits})
    present: dict[int, UUID] = {}
    for first in range(0, len(numbers), _CHUNK):
        rows = Enrolment.objects.filter(number__in=numbers[first : first + _CHUNK], present=True)
        present |= dict(rows.values_list("number", "media"))
    never = known.never_matching(present.values()) if present else {}
    result: dict[UUID, list[Near]] = {pk: [] for pk in asked}
    for (pk, number), (distance, via) in hits.items():
        other = present.get(number)
        if other is not None and other != pk:
            result[pk].append(Near(other, distance, via, never.get(other)))
    for found in result.values():
        found.sort(key=lambda each: (each.distance, str(each.media)))
    return result
