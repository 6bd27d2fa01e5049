"""Care for those who look: how much was looked at, and whether limits and breaks were kept. Never a person.

A month in which fewer than FEWEST people saw material is left out: its numbers would be somebody's.
"""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta

from nightlight.assess import welfare
from nightlight.assess.welfare_count import GRACE, Tally, tally
from nightlight.assess.welfare_models import CareRule, Sight
from nightlight.stats import records
from nightlight.stats.books import Books, Rows

FEWEST = 3
LIMITS = ("day", "break")
_Days = dict[tuple[date, str], list[datetime]]


def exposures(books: Books) -> Rows:
    """How often material was looked at in each month, by all together."""
    found: Counter[str] = Counter()
    for (day, _person), looks in _of_months(_days(books)).items():
        found[f"{day:%Y-%m}"] += len(looks)
    return [{"month": month, "looks": n} for month, n in sorted(found.items())]


def limits(books: Books) -> Rows:
    """On how many days of work with material the minutes of a day, and the breaks, were kept."""
    rules = list(CareRule.objects.order_by("-at", "-pk"))
    zone = welfare.zone()
    kept: Counter[tuple[str, str, bool]] = Counter()
    for (day, _person), looks in _of_months(_days(books)).items():
        held = next((rule for rule in rules if rule.at.astimezone(zone).date() <= day), None)
        rule = held or welfare.default_rule()
        for limit, is_kept in _kept(tally(looks, timedelta(minutes=rule.break_minutes)), rule).items():
            kept[f"{day:%Y-%m}", limit, is_kept] += 1
    months = sorted({month for month, _limit, _kept in kept})
    return [
        {
            "month": month,
            "limit": limit,
            "kept": kept[month, limit, True],
            "not_kept": kept[month, limit, False],
            "total": kept[month, limit, True] + kept[month, limit, False],
        }
        for month in months
        for limit in LIMITS
    ]


def _kept(found: Tally, rule: CareRule) -> dict[str, bool]:
    return {
        "day": found.spent <= timedelta(minutes=rule.day_minutes) + GRACE,
        "break": found.longest <= timedelta(minutes=rule.run_minutes) + GRACE,
    }


def _days(books: Books) -> _Days:
    zone, found = welfare.zone(), defaultdict(list)
    rows = Sight.objects.filter(at__lt=records.end_of(books.as_of)).order_by("at")
    day, ends = (
        date.min,
        datetime.min.replace(tzinfo=UTC),
    )  # moments come in order, so a day is asked for once
    for person, at in rows.values_list(records.as_text("person_id"), "at").iterator():
        if at >= ends:
            day = at.astimezone(zone).date()
            ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
            held = books.holds(day)
        if held:
            found[day, person].append(at)
    return dict(found)


def _of_months(days: _Days) -> _Days:
    """Without the months in which too few people looked."""
    people: dict[str, set[str]] = defaultdict(set)
    for day, person in days:
        people[f"{day:%Y-%m}"].add(person)
    return {key: looks for key, looks in days.items() if len(people[f"{key[0]:%Y-%m}"]) >= FEWEST}
