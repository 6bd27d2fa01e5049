"""Records of a case that count by themselves from the day they became known, whatever was decided: notices, referrals,
corrections, second looks. None is ever changed back, so nothing is taken off again."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from nightlight.assess.models import AskedLook
from nightlight.casebook.models import Assessment
from nightlight.casebook.schemes import shipped
from nightlight.casebook.words import Outcome
from nightlight.referral.models import Referral
from nightlight.stats.cells import Cell, day_of
from nightlight.takedown.models import NoticeCase

Dated = tuple[date, Cell]  # known on
CORRECTIONS = (Assessment.Role.CORRECTION, Assessment.Role.APPEAL)
REFERRED = ("prepared", "fetched", "acknowledged", "withdrawn")


def of_cases(cases: Collection[UUID]) -> dict[UUID, list[Dated]]:
    """What each of these cases puts into the ledger in this way."""
    found: dict[UUID, list[Dated]] = defaultdict(list)
    for part in (_notices, _referrals, _corrections, _second_looks):
        for case, known, cell in part(cases):
            found[case].append((known, cell))
    return found


def _notices(cases: Collection[UUID]) -> Iterator[tuple[UUID, date, Cell]]:
    """A notice about several pages counts once, with the first of them."""
    earlier = NoticeCase.objects.filter(notice=OuterRef("notice"), pk__lt=OuterRef("pk"))
    pages = NoticeCase.objects.filter(~Exists(earlier), case__in=cases, notice__sent_at__isnull=False)
    for case, at, role, step in pages.values_list("case", "notice__sent_at", "notice__role", "notice__step"):
        if at:
            yield case, day_of(at), ("notices", day_of(at), role, step, "")


def _referrals(cases: Collection[UUID]) -> Iterator[tuple[UUID, date, Cell]]:
    rows = Referral.objects.filter(case__in=cases)
    for case, to, *moments in rows.values_list("case", "to", *(f"{step}_at" for step in REFERRED)):
        prepared = day_of(moments[0])
        for step, at in zip(REFERRED, moments, strict=True):
            if at:
                yield case, max(prepared, day_of(at)), ("referrals", prepared, to, step, "")


def _corrections(cases: Collection[UUID]) -> Iterator[tuple[UUID, date, Cell]]:
    rows = Assessment.objects.filter(case__in=cases, role__in=CORRECTIONS)
    for case, at, role in rows.values_list("case", "at", "role"):
        yield case, day_of(at), ("corrections", day_of(at), role, "", "")


def _second_looks(cases: Collection[UUID]) -> Iterator[tuple[UUID, date, Cell]]:
    asked = AskedLook.objects.filter(sampled=True, look__case__in=cases)
    firsts = {
        (row.look.case_id, row.look.episode, row.look.round): row.look
        for row in asked.select_related("look").prefetch_related("look__grades")
    }
    if not firsts:
        return
    seconds = Assessment.objects.filter(case__in=cases, role=Assessment.Role.SECOND)
    for second in seconds.prefetch_related("grades"):
        first = firsts.get((second.case_id, second.episode, second.round))
        for cell in agreed(first, second) if first else ():
            yield second.case_id, day_of(second.at), cell


def agreed(first: Assessment, second: Assessment) -> Iterator[Cell]:
    """The cells of a case that was looked at twice: one for each scheme in which both have a place in the order, and
    one for all schemes where both found it not illegal."""
    day, lowest = day_of(second.at), Outcome.NOT_ILLEGAL.value
    if first.outcome == second.outcome == Outcome.NOT_ILLEGAL:
        yield "agreed", day, "", lowest, lowest
        return
    one, other = _places(first), _places(second)
    for scheme in sorted(one.keys() | other.keys()):
        low = {look.pk: lowest for look in (first, second) if look.outcome == Outcome.NOT_ILLEGAL}
        before, after = low.get(first.pk) or one.get(scheme), low.get(second.pk) or other.get(scheme)
        if before and after:
            yield "agreed", day, scheme, before, after


def _places(look: Assessment) -> dict[str, str]:
    """The grade of a confirmed look in each scheme that has one."""
    if look.outcome != Outcome.CONFIRMED:
        return {}
    given = {grade.scheme: grade.value for grade in look.grades.all()} | {shipped.UK: look.severity}
    return {scheme: value for scheme, value in given.items() if value}
