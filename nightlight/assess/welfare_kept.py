"""Whether the limits of care were kept, day by day and for the house as a whole: no names, no order, no per-person
number, so that it can't be read as a ranking."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import welfare
from nightlight.assess.welfare_count import GRACE, Tally, tally
from nightlight.assess.welfare_models import CareChoice, CareRule, Sight
from nightlight.casebook.words import ReportKind
from nightlight.work import clock

DAYS = 14


@dataclass(frozen=True, slots=True)
class Day:
    """One day: whether anybody saw material, and what of the limits was not kept, in words; empty if all were."""

    day: date
    seen: bool
    broken: list[str]


def days() -> list[Day]:
    """The last DAYS days, the latest first, each by the limits that held when it ended."""
    zone = welfare.zone()
    today = clock.real_now().astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    found: dict[date, dict[UUID, list[datetime]]] = {}
    since = datetime.combine(first, datetime.min.time(), zone)
    rows = Sight.objects.filter(at__gte=since).order_by("at").values_list("person_id", "at")
    for person, at in rows.iterator():
        found.setdefault(at.astimezone(zone).date(), {}).setdefault(person, []).append(at)
    rules = list(CareRule.objects.order_by("-at", "-pk"))
    return [
        _day(
            day,
            found.get(day, {}),
            next((rule for rule in rules if rule.at.astimezone(zone).date() <= day), None),
        )
        for day in (today - timedelta(days=n) for n in range(DAYS))
    ]


def nobody_takes() -> Iterator[str]:
    """The kinds of report that everybody who assesses has opted out of: they would wait for ever."""
    able = {each.pk for each in Person.objects.filter(is_active=True) if each.may(Permission.CASE_ASSESS)}
    chosen = dict(CareChoice.objects.filter(person__in=able).values_list("person_id", "kinds_off"))
    for kind in ReportKind:
        if able and all(kind in chosen.get(person, ()) for person in able):
            yield str(kind.label)


def _day(day: date, people: dict[UUID, list[datetime]], held: CareRule | None) -> Day:
    rule = held or welfare.default_rule()
    tallies = [tally(looks, timedelta(minutes=rule.break_minutes)) for looks in people.values()]
    return Day(day, bool(tallies), list(_broken(tallies, rule)))


def _broken(tallies: list[Tally], rule: CareRule) -> Iterator[str]:
    if any(each.spent > timedelta(minutes=rule.day_minutes) + GRACE for each in tallies):
        yield _("the minutes of a day")
    if any(each.longest > timedelta(minutes=rule.run_minutes) + GRACE for each in tallies):
        yield _("the break")
