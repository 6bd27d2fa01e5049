"""The looks of a round, and what they add up to: pure rules, no writing.

A round begins when a case is to be decided and ends with a final assessment. Within it each person looks once.
Category A, and media that two people have not yet confirmed, need two people who say the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import told
from nightlight.assess.decision import Decision, GoldenRule, NotAllowed, Told
from nightlight.casebook.models import Assessment, Case, Media
from nightlight.casebook.words import Outcome, State

Role = Assessment.Role
LOOKS = (Role.FIRST, Role.SECOND, Role.SENIOR)
_UNSETTLED = (State.OPEN, State.SECOND_LOOK, State.DISMISSED)


def present_round(case: Case) -> int:
    """The number of the round that is going on, or would begin with the next look."""
    return 1 + Assessment.objects.filter(case=case, is_final=True).count()


def pending(case: Case) -> list[Assessment]:
    """The looks of this round, oldest first; empty before the first."""
    rows = Assessment.objects.filter(
        case=case, episode=case.episode, round=present_round(case), role__in=LOOKS, is_final=False
    )
    return list(rows.prefetch_related("media", "grades").order_by("at", "pk"))


def next_role(looks: Sequence[Assessment], by: Person) -> Assessment.Role:
    """Which look this person would take. Raises GoldenRule if they already took one."""
    if any(look.by_id == by.pk for look in looks):
        raise GoldenRule("you have looked at this case already: the second look is another person's")
    return (Role.FIRST, Role.SECOND)[len(looks)] if len(looks) < 2 else Role.SENIOR


def may_look(case: Case, by: Person) -> tuple[list[Assessment], Assessment.Role]:
    """The looks of the round so far and which one this person would take.
    Raises GoldenRule if they took one already, Told if they learned what one found, NotAllowed if only a senior can
    take the next."""
    earlier = pending(case)
    if earlier and not any(look.by_id == by.pk for look in earlier) and told.knows(by, earlier[0]):
        raise Told("you took the alarm about what a look found: the next look is another person's")
    role = next_role(earlier, by)
    if role == Role.SENIOR and not by.may(Permission.CASE_SETTLE):
        raise NotAllowed(f"two people disagree; this needs the permission {Permission.CASE_SETTLE.value}")
    return earlier, role


def settles(
    decision: Decision, role: Assessment.Role, looks: Sequence[Assessment], twice: Collection[str]
) -> bool:
    """Whether this decision ends the round.

    `twice` are the SHA-256 of media that two people have confirmed already. A first look settles what needs no
    second. A second look settles what it agrees with. A senior's settles anything, but nobody alone decides on
    category A, or on a grade of another scheme that needs two: somebody else in the round must have said so too.
    """
    if role == Role.FIRST:
        return not decision.confirms or (not decision.needs_two and set(decision.media) <= set(twice))
    agreeing = [look for look in looks if _same(look, decision)]
    if role == Role.SECOND or (decision.confirms and decision.needs_two):
        return bool(agreeing)
    return True


def _same(look: Assessment, decision: Decision) -> bool:
    """Whether two looks say the same, in every scheme in which either gave a grade."""
    if look.outcome != decision.outcome or look.severity != (decision.severity or ""):
        return False
    theirs = {grade.scheme: grade.value for grade in look.grades.all()}
    return theirs == {grade.scheme: grade.value for grade in decision.grades}


def agreed_media(looks: Iterable[Assessment]) -> list[Media]:
    """The media that at least two different people of a settled round confirmed, in a stable order."""
    chosen = {
        (look.by_id, media)
        for look in looks
        if look.outcome == Outcome.CONFIRMED
        for media in look.media.all()
    }
    votes = Counter(media for _, media in chosen)
    return sorted((media for media, count in votes.items() if count >= 2), key=lambda media: media.sha256)


def confirmed_twice(sha256: Iterable[str]) -> set[str]:
    """Which of these media two different people of this hotline have confirmed in cases that still stand."""
    return set(proven(media__sha256__in=list(sha256)).values_list("media__sha256", flat=True))


def proven(**which: Any) -> "QuerySet[Any]":
    """The ids of all media that two people confirmed so; `which` narrows it down by fields of Assessment."""
    return (
        Assessment.objects.filter(
            media__isnull=False,
            outcome=Outcome.CONFIRMED,
            role__in=LOOKS,
            case__confirmed_at__isnull=False,
            **which,
        )
        .exclude(case__state__in=_UNSETTLED)
        .order_by()
        .values("media")
        .annotate(people=Count("by", distinct=True))
        .filter(people__gte=2)
        .values("media")
    )
