"""The looks that were taken at a Case in its present episode, as `rhythm` and `watch` ask for them."""

from nightlight.casebook.models import Case
from nightlight.takedown.models import Check
from nightlight.takedown.rhythm import Look


def first(case: Case) -> Check | None:
    """The newest first look of the episode, or None before there was one."""
    rows = Check.objects.filter(case=case, episode=case.episode, kind=Check.Kind.FIRST)
    return rows.order_by("-at", "-id").first()


def looks(case: Case) -> list[Look]:
    """The looks since the newest first one, in order of time."""
    begun = first(case)
    if begun is None:
        return []
    rows = Check.objects.filter(
        case=case, episode=case.episode, kind=Check.Kind.LOOK, at__gte=begun.at
    ).order_by("at", "id")
    return [Look(row.at, Check.State(row.state)) for row in rows.only("at", "state")]


def seen_before(case: Case, check: Check) -> bool:
    """Whether the look before this one saw the very same page, so that a person was asked about it already."""
    earlier = Check.objects.filter(case=case, episode=case.episode).exclude(pk=check.pk)
    last = earlier.order_by("-at", "-id").first()
    return bool(
        last
        and last.state == check.state
        and last.page_digest == check.page_digest
        and last.media == check.media
    )
