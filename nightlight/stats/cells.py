"""Which cells of which tables one unit is in: the dimensions of the ledger, each named once.

| table | a | b | c | counted on |
|---|---|---|---|---|
| reports | source | kind | | day of receipt |
| receipts | source | received, decided, confirmed, withdrawn | | day of receipt |
| decided | outcome | source | | day of the first confirmed assessment, else of the first decision |
| severity | severity | | | day of the first confirmed assessment, as all that follow |
| child | age | sex | made-by | |
| own | 1: filmed by the child, 0: not | | | |
| site | type of site | | | |
| country | country of the host | | | |
| brought | source | | | |
| age_severity | age | severity | own | |
| age_sex | age | sex | own | |
| sex_severity | sex | severity | own | |
| marks | live_stream, ai_generated, commercial | severity | sex | |
| police | what | answers, count | | the day the answer names |
| removal | receipt, notice | first, came_back | hours, up, before | day its clock started (before: began) |
| removal_in | country of the host | from the first notice: 24, 72, 240, later, up, before | | as removal |
| removal_by | network of the host | the same | | as removal |
| moves | receipt, notice | hours until it moved | hours as removal has them | as removal |
| sooner | receipt, notice | hours as removal has them | hours to the last look that found it up | as removal |
| flagged | network of the host | kind | what came of it | the day the notice left |
| domain | ending of the name | the domain, by its number | | day of the first confirmed assessment |
| file | image, video, other | | | day of the first decision that confirmed it and stands |
| notices | who was told | step | | the day the notice left |
| referrals | who was told | prepared, fetched, acknowledged, withdrawn | | the day it was prepared |
| corrections | correction, appeal | | | the day it was recorded |
| agreed | scheme; empty: all | grade of the first look | of the second | day of the second look |
| list | name of the list | put_on, taken_off | | the day of the change |
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from nightlight.casebook.words import Age, MadeBy, Sex, SiteType

Cell = tuple[str, date, str, str, str]  # table, counted on, a, b, c
Key = tuple[str, date, date, str, str, str]  # table, known on, counted on, a, b, c

UNKNOWN_COUNTRY = "unknown"
UP = "up"
LATER = "later"
BOUNDS = (24, 72, 240)
BEFORE = "before"  # gone before any notice left
STEPS = (
    (48, 1),
    (240, 4),
)  # up to so many hours a removal is kept to the next so many, beyond to the next full day
_HOUR = timedelta(hours=1)


class Grades(NamedTuple):
    """What a confirmed unit is counted under."""

    day: date
    source: str
    severity: str
    age: str
    sex: str
    made_by: str
    own: bool
    live_stream: bool
    ai_generated: bool
    commercial: bool
    site_type: str
    country: str


def day_of(at: datetime) -> date:
    """The day that a moment counts on, everywhere: in UTC."""
    return at.astimezone(UTC).date()


def confirmed(grades: Grades) -> Iterator[Cell]:
    """The cells of one confirmed unit."""
    day, severity = grades.day, grades.severity
    own = "1" if grades.own else "0"
    age, sex = grades.age or Age.UNKNOWN.value, grades.sex or Sex.UNIDENTIFIED.value
    yield "severity", day, severity, "", ""
    yield "child", day, age, sex, grades.made_by or MadeBy.UNKNOWN.value
    yield "own", day, own, "", ""
    yield "site", day, grades.site_type or SiteType.OTHER.value, "", ""
    yield "country", day, grades.country or UNKNOWN_COUNTRY, "", ""
    yield "brought", day, grades.source, "", ""
    yield "age_severity", day, age, severity, own
    yield "age_sex", day, age, sex, own
    yield "sex_severity", day, sex, severity, own
    if grades.live_stream:
        yield "marks", day, "live_stream", severity, sex
    if grades.ai_generated:
        yield "marks", day, "ai_generated", severity, sex
    if grades.commercial:
        yield "marks", day, "commercial", severity, sex


@dataclass(frozen=True, slots=True)
class Looked:
    """What looks and traces add to an episode of our own: the network of the host, when the page was first seen on
    another host, and the last look that found it up before it was gone."""

    provider: str = ""
    moved: datetime | None = None
    sure: datetime | None = None


_NOT_LOOKED = Looked()


def removal(
    which: str,
    began: datetime,
    noticed: datetime | None,
    removed: datetime | None,
    country: str,
    looked: Looked = _NOT_LOOKED,
) -> list[Cell]:
    """The cells of one episode as far as it is known; `which` is first or came_back."""
    place = country or UNKNOWN_COUNTRY
    found: list[Cell] = _by_clock("receipt", which, began, removed, looked)
    if removed and (noticed is None or removed < noticed):
        day, within = began.date(), BEFORE
        found.append(("removal", day, "notice", which, BEFORE))
    elif noticed:
        day, within = noticed.date(), coarse(span(noticed, removed))
        found += _by_clock("notice", which, noticed, removed, looked)
    else:
        return found
    found.append(("removal_in", day, place, within, ""))
    if looked.provider:
        found.append(("removal_by", day, looked.provider, within, ""))
    return found


def _by_clock(
    clock: str, which: str, start: datetime, removed: datetime | None, looked: Looked
) -> list[Cell]:
    day, took = start.date(), span(start, removed)
    found: list[Cell] = [("removal", day, clock, which, took)]
    if looked.moved:
        found.append(("moves", day, clock, span(start, looked.moved), took))
    elif removed and looked.sure and (least := span(start, looked.sure)) != took:
        found.append(("sooner", day, clock, took, least))
    return found


def coarse(hours: str) -> str:
    """A span by the bounds that are published for each country."""
    if hours == UP:
        return UP
    return next((str(bound) for bound in BOUNDS if int(hours) <= bound), LATER)


def span(start: datetime, end: datetime | None) -> str:
    """From start to end in hours begun; beyond two days in steps of four, beyond ten days in full days (as hours);
    `up` without an end."""
    if end is None:
        return UP
    hours = max(0, -((start - end) // _HOUR))
    step = 24
    for last, finer in STEPS:
        if hours <= last:
            step = finer
            break
    return str(-(-hours // step) * step)


def differences(states: Iterable[tuple[date, dict[Cell, int]]]) -> dict[Key, int]:
    """What became known on which day, from the state at the end of each day on which it may have changed, in order."""
    found: dict[Key, int] = {}
    before: dict[Cell, int] = {}
    for day, state in states:
        for cell in before.keys() | state.keys():
            more = state.get(cell, 0) - before.get(cell, 0)
            if more:
                table, counted_on, a, b, c = cell
                found[table, day, counted_on, a, b, c] = more
        before = state
    return found
