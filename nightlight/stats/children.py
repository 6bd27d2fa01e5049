"""Children who were identified or safeguarded are counted as children, once each.

A line of past reports names how many, and is taken at its word. Of our own cases the children are known by their
labels where a person tied them to the case or to the media at its address: a child that was counted before is not
counted again. Where an answer names fewer children than the case has, those counted before are taken to be meant, so
that the figure may be too low and never counts a child twice; where it names more, the others are nobody's we know.
"""

from collections import Counter, defaultdict
from datetime import date

from django.db.models import QuerySet

from nightlight.casebook.models import Case, SeriesTie
from nightlight.referral.models import Outcome as Answer
from nightlight.referral.models import What
from nightlight.stats import records
from nightlight.stats.books import Books

OF_CHILDREN = (What.CHILD_IDENTIFIED.value, What.CHILD_SAFEGUARDED.value)


def counted_before(books: Books) -> Counter[tuple[str, str]]:
    """How many of the children that answers name in each month (`2020-09`) of a period were counted already, by what
    happened to them."""
    end = records.end_of(books.as_of)
    answers = (
        Answer.objects.filter(what__in=OF_CHILDREN, at__lt=end, day__lte=books.as_of)
        .order_by("day", "at", "pk")
        .values_list(records.as_text("case_id"), "day", "what", "count")
    )
    known = _children(Case.objects.filter(outcomes__what__in=OF_CHILDREN))
    seen: dict[str, set[str]] = defaultdict(set)
    found: Counter[tuple[str, str]] = Counter()
    for case, day, what, count in answers.iterator():
        if not (mine := known.get(case)):
            continue
        again = min(count, len(mine & seen[what]))
        seen[what] |= set(sorted(mine - seen[what])[: count - again])
        if again and books.holds(day):
            found[_month(day), what] += again
    return found


def _children(cases: "QuerySet[Case]") -> dict[str, set[str]]:
    """The children of each of these cases, as `casebook.series.children_of` finds those of one."""
    found: dict[str, set[str]] = defaultdict(set)
    child_id = records.as_text("child_id")
    tied = Case.children.through.objects.filter(case__in=cases.values("pk"))
    for case, child in tied.values_list(records.as_text("case_id"), child_id).iterator():
        found[case].add(child)
    ties = SeriesTie.objects.filter(media__sightings__location__case__in=cases.values("pk"))
    case_id = records.as_text("media__sightings__location__case")
    for case, child in ties.values_list(case_id, child_id).iterator():
        found[case].add(child)
    return found


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
