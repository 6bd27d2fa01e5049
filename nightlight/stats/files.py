"""Files in the ledger: each medium once, on the day of the first decision that stands and confirmed it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from nightlight.casebook.models import Assessment, Media
from nightlight.casebook.words import Outcome
from nightlight.stats import cells
from nightlight.stats.cells import Cell, Key, day_of

KINDS = ("image", "video", "other")
_Settled = tuple[date, bool]  # when a case was settled so, and whether that confirmed the medium


def of_cases(cases: Collection[UUID]) -> set[UUID]:
    """The media that settled decisions about these cases confirmed."""
    seen = Assessment.media.through.objects.filter(assessment__case__in=cases, assessment__is_final=True)
    return set(seen.values_list("media", flat=True))


def of_media(media: Collection[UUID]) -> dict[UUID, dict[Key, int]]:
    """What each of these media puts into the ledger."""
    kinds = dict(Media.objects.filter(pk__in=media).values_list("pk", "mime"))
    confirmed: dict[UUID, set[UUID]] = defaultdict(set)
    by = Assessment.media.through.objects.filter(media__in=media, assessment__is_final=True)
    for medium, decision in by.values_list("media", "assessment"):
        confirmed[decision].add(medium)
    cases = Assessment.objects.filter(pk__in=confirmed).values("case")
    final = Assessment.objects.filter(case__in=cases, is_final=True).order_by("at", "pk")
    settled: dict[tuple[UUID, UUID], list[_Settled]] = defaultdict(list)  # by medium and case
    about: dict[UUID, list[tuple[UUID, date, bool]]] = defaultdict(list)
    for pk, case, at, outcome in final.values_list("pk", "case", "at", "outcome"):
        about[case].append((pk, day_of(at), outcome == Outcome.CONFIRMED))
    for case, decisions in about.items():
        for medium in {medium for pk, _day, _right in decisions for medium in confirmed[pk]}:
            settled[medium, case] = [(day, right and medium in confirmed[pk]) for pk, day, right in decisions]
    histories: dict[UUID, list[list[_Settled]]] = defaultdict(list)
    for (medium, _case), history in settled.items():
        histories[medium].append(history)
    return {medium: _changes(kind_of(kinds[medium]), histories[medium]) for medium in kinds}


def kind_of(mime: str) -> str:
    """The word of a type of file that is published."""
    kind = mime.partition("/")[0]
    return kind if kind in KINDS else KINDS[-1]


def _changes(kind: str, histories: Iterable[list[_Settled]]) -> dict[Key, int]:
    """`histories`: of each case, its settled decisions in order."""

    def state(day: date) -> dict[Cell, int]:
        known = [[each for each in history if each[0] <= day] for history in histories]
        stands = [history[-1][0] for history in known if history and history[-1][1]]
        return {("file", min(stands), kind, "", ""): 1} if stands else {}

    days = sorted({day for history in histories for day, _right in history})
    return cells.differences((day, state(day)) for day in days)
