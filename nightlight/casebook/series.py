"""The children of a case: those a person tied to it, and those whose series the media at its address belong to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from nightlight.accounts.models import Person
from nightlight.casebook.models import Case, Child, Media, SeriesTie
from nightlight.work import clock


@dataclass(frozen=True, slots=True)
class Seen:
    """A child in a case, with the media (SHA-256) at its address that belong to their series."""

    child: Child
    media: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether police knew the child already, so that nobody refers them as new."""
        return self.child.status != Child.Status.UNKNOWN


def tie(child: Child, media: Iterable[Media], case: Case, by: Person) -> int:
    """Says in the caller's transaction that media belong to a child's series; returns how many were new to it."""
    made = 0
    for medium in media:
        _row, new = SeriesTie.objects.get_or_create(
            child=child, media=medium, defaults={"case": case, "by": by, "at": clock.now()}
        )
        made += new
        if medium.child_id is None:
            Media.objects.filter(pk=medium.pk, child=None).update(child=child)
    return made


def children_of(case: Case, *, leave_out: Case | None = None) -> list[Seen]:
    """By label. `leave_out` leaves out what was said in that case: for whoever looks at it second, blind."""
    ties = _ties(case)
    tied = {child.pk: child for child in case.children.all()} if leave_out is None else {}
    if leave_out is not None:
        ties = ties.exclude(case=leave_out)
    media: dict[UUID, list[str]] = defaultdict(list)
    for row in ties.select_related("child", "media").order_by("media__sha256"):
        tied[row.child_id] = row.child
        media[row.child_id].append(row.media.sha256)
    found = [Seen(child, tuple(media[child.pk])) for child in tied.values()]
    return sorted(found, key=lambda seen: seen.child.label)


def _ties(case: Case) -> QuerySet[SeriesTie]:
    if case.location_id is None:
        return SeriesTie.objects.none()
    return SeriesTie.objects.filter(media__sightings__location=case.location_id)
