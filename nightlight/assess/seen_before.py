"""Seen before? For each medium of a case: the cases decided earlier that show it, or one like it. Never a picture.

The same file is told by its SHA-256 from the sightings; what is only like a known medium comes from the index of known
media (`casebook/nearby.py`). Both are there for a person to weigh: nothing here decides.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from nightlight.casebook import nearby
from nightlight.casebook.models import Assessment, Case, Media
from nightlight.casebook.words import Outcome

MOST = 3  # cases told of each medium, of each way
BITS = 256


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier case: `how` the two media are alike in words, its `outcome`, and where a manager marked the known
    medium as matching nothing the reason (`suppressed`): then it is told, and counts for nothing."""

    case: UUID
    how: str
    outcome: str
    suppressed: str = ""


def seen_before(case: Case, media: Sequence[Media]) -> dict[UUID, list[Before]]:
    """What was seen before of each of these media, the same file first and then the nearest."""
    if not media:
        return {}
    found: dict[UUID, list[Before]] = defaultdict(list)
    _same(case, media, found)
    _alike(case, media, found)
    return dict(found)


def _same(case: Case, media: Sequence[Media], found: dict[UUID, list[Before]]) -> None:
    rows = (
        Assessment.objects.filter(is_final=True, case__location__sightings__media__in=media)
        .exclude(case=case)
        .order_by("-at", "-pk")
        .values_list("case", "outcome", "case__location__sightings__media")
    )
    told: set[tuple[UUID, UUID]] = set()
    for case_id, outcome, medium in rows:
        if (medium, case_id) not in told and len(found[medium]) < MOST:
            told.add((medium, case_id))  # the newest settles what a case is
            found[medium].append(Before(case_id, _("the same file"), str(Outcome(outcome).label)))


def _alike(case: Case, media: Sequence[Media], found: dict[UUID, list[Before]]) -> None:
    near = {pk: each[:MOST] for pk, each in nearby.near(media).items()}
    known = {one.media for each in near.values() for one in each}
    if not known:
        return
    confirmed = Assessment.objects.filter(
        media__in=known, outcome=Outcome.CONFIRMED, is_final=True, case__confirmed_at__isnull=False
    ).exclude(case=case)
    newest = dict(confirmed.order_by("at", "pk").values_list("media", "case"))
    for pk, each in near.items():
        found[pk] += [
            Before(
                newest[one.media],
                _how(one),
                str(Outcome.CONFIRMED.label),
                one.never.reason if one.never else "",
            )
            for one in each
            if one.media in newest
        ]


def _how(one: nearby.Near) -> str:
    """In words: by what, and how far in bits."""
    words = {"distance": one.distance, "bits": BITS, "via": one.via.replace("_", " ").replace("+", ", ")}
    if one.via == nearby.AS_IS:
        return _("nearly the same picture, %(distance)d of %(bits)d bits apart") % words
    if one.via == nearby.VIDEO:
        return _("a video with nearly the same frames, %(distance)d of %(bits)d bits apart") % words
    if one.via == nearby.FRAME:
        return _("nearly a frame of a video, %(distance)d of %(bits)d bits apart") % words
    return _("like it after an edit (%(via)s), %(distance)d of %(bits)d bits apart") % words
