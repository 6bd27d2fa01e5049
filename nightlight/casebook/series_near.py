"""Children of whose series the media of a case perhaps are: media nearly the same as one that was tied to it.

A likeness proposes and nothing more: it ties nothing, grades nothing, changes no priority and no referral. Whoever
looks compares, and ties the media themselves.
"""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from nightlight.casebook import nearby
from nightlight.casebook.fingerprints import is_distinct
from nightlight.casebook.models import Case, Child, Media, SeriesTie

MOST_MEDIA = 200  # of a case that are compared


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A child, and the media (SHA-256) of the case that are like some of their series without being them."""

    child: Child
    media: tuple[str, ...]


def perhaps(case: Case, *, leave_out: Case | None = None) -> list[Perhaps]:
    """By label. Compared are the known media (the index), and those whose hash is the very same. `leave_out` leaves out
    what was said in that case: for whoever looks at it second, blind. A child to whose series a medium itself belongs
    is not proposed for it."""
    if case.location_id is None or not SeriesTie.objects.exists():
        return []
    media = [
        each
        for each in Media.objects.filter(sightings__location=case.location_id).order_by("pk")[:MOST_MEDIA]
        if is_distinct(each) or each.frames
    ]
    like = _like(media)
    ties = SeriesTie.objects.filter(media__in={pk for found in like.values() for pk in found} | like.keys())
    if leave_out is not None:
        ties = ties.exclude(case=leave_out)
    series: dict[UUID, set[Child]] = defaultdict(set)
    for tie in ties.select_related("child"):
        series[tie.media_id].add(tie.child)
    proposed: dict[Child, set[str]] = defaultdict(set)
    for each in media:
        for child in set().union(*(series[pk] for pk in like[each.pk])) - series[each.pk]:
            proposed[child].add(each.sha256)
    found = [Perhaps(child, tuple(sorted(shown))) for child, shown in proposed.items()]
    return sorted(found, key=lambda each: each.child.label)


def _like(media: list[Media]) -> dict[UUID, set[UUID]]:
    """For each of these the other media it is like; not those that a manager marked as matching nothing."""
    found = {
        pk: {each.media for each in near if each.never is None} for pk, near in nearby.near(media).items()
    }
    codes = {each.pdq for each in media if is_distinct(each)}
    same: dict[str, set[UUID]] = defaultdict(set)
    for pk, pdq in Media.objects.filter(pdq__in=codes, ties__isnull=False).values_list("pk", "pdq"):
        same[pdq].add(pk)
    return {each.pk: (found.get(each.pk, set()) | same[each.pdq]) - {each.pk} for each in media}
