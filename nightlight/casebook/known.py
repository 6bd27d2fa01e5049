"""Which Media this hotline knows: those that two different people confirmed in cases that stand.

Every verb that may change that calls `touch` last in its transaction. It takes the counter's row lock and only then
looks, so that of two transactions the later one sees what the earlier did; the lock is held until the commit, so the
numbers of the changes are in the order of the commits, on both databases, and a reader of `number > mine` misses none.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from nightlight.casebook.models import (
    Assessment,
    Case,
    Enrolment,
    IndexChange,
    IndexCounter,
    Media,
    NeverMatch,
)
from nightlight.casebook.words import Outcome, State

PEOPLE_NEEDED = 2
_LOOKS = (Assessment.Role.FIRST, Assessment.Role.SECOND, Assessment.Role.SENIOR)
_CHUNK = 400  # below SQLite's limit of variables


def confirming() -> QuerySet[Assessment]:
    """The looks that confirmed something and were not undone since, in cases that stand."""
    undone = Assessment.objects.filter(
        case=OuterRef("case"), is_final=True, round__gte=OuterRef("round")
    ).exclude(outcome=Outcome.CONFIRMED)
    return Assessment.objects.filter(
        ~Exists(undone),
        outcome=Outcome.CONFIRMED,
        role__in=_LOOKS,
        case__confirmed_at__isnull=False,
    ).exclude(case__state=State.DISMISSED)


def confirmed_by_two(media_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these Media two different people of this hotline have confirmed, in cases that stand."""
    wanted, found = sorted(set(media_ids)), set()
    for first in range(0, len(wanted), _CHUNK):
        rows = (
            confirming()
            .filter(media__in=wanted[first : first + _CHUNK])
            .values("media")
            .annotate(people=Count("by", distinct=True))
            .filter(people__gte=PEOPLE_NEEDED)
        )
        found |= {row["media"] for row in rows}
    return found


def touch(media: Iterable[UUID], *, rehashed: bool = False) -> int:
    """Brings the enrolment of these Media in line with what holds, and writes each change down for every process;
    returns how many there were. `rehashed` says that their hashes are others than before. Call it last: the
    transaction must take no other lock while it has the counter's."""
    wanted = sorted(set(media))
    if not wanted:
        return 0
    with transaction.atomic():
        number = _lock()
        known = confirmed_by_two(wanted)
        enrolled = {row.media_id: row for row in _enrolments(wanted)}
        changed: list[Enrolment] = []
        for media_id in wanted:
            row = enrolled.get(media_id)
            if row is None and media_id in known:
                changed.append(Enrolment.objects.create(media_id=media_id, present=True))
            elif row is not None and (row.present != (media_id in known) or (row.present and rehashed)):
                row.present = media_id in known
                changed.append(row)
        Enrolment.objects.bulk_update(changed, ["present"], batch_size=_CHUNK)
        IndexChange.objects.bulk_create(
            [IndexChange(number=number + place, enrolment=row) for place, row in enumerate(changed, 1)]
        )
        IndexCounter.objects.filter(pk=1).update(number=number + len(changed))
    return len(changed)


def touch_case(case: Case) -> int:
    """`touch` for every Media that somebody confirmed in a Case."""
    return touch(Media.objects.filter(assessments__case=case).values_list("pk", flat=True))


def all_never_matching() -> list[NeverMatch]:
    """The newest mark of every Media that is marked as matching nothing."""
    newest = {row.media_id: row for row in NeverMatch.objects.select_related("by").order_by("at", "pk")}
    return [row for row in newest.values() if row.on]


def never_matching(media_ids: Iterable[UUID]) -> dict[UUID, NeverMatch]:
    """Those of these Media that a manager marked as matching nothing, with the newest mark."""
    rows = NeverMatch.objects.filter(media__in=sorted(set(media_ids))).order_by("at", "pk")
    newest = {row.media_id: row for row in rows}
    return {media_id: row for media_id, row in newest.items() if row.on}


def _lock() -> int:
    """Locks the counter until the transaction ends and returns its number."""
    IndexCounter.objects.get_or_create(pk=1)
    return IndexCounter.objects.select_for_update().get(pk=1).number


def _enrolments(media_ids: list[UUID]) -> list[Enrolment]:
    rows: list[Enrolment] = []
    for first in range(0, len(media_ids), _CHUNK):
        rows += Enrolment.objects.filter(media__in=media_ids[first : first + _CHUNK])
    return rows
