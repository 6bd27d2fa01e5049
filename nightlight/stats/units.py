"""What one counted unit puts into the ledger: a pure function of all that is recorded about it.

A unit is one address with every line and the case about it, or one line or case without an address. It is confirmed
once, under the grades of its first confirmed assessment; a case of our own under those of its newest.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from nightlight.casebook.words import Outcome
from nightlight.stats import cells, line
from nightlight.stats.cells import Cell, Grades, Looked, day_of
from nightlight.stats.line import Line

CONFIRMED = Outcome.CONFIRMED.value
Episode = tuple[str, datetime, datetime | None, datetime | None, str, Looked]
"""First or came_back, when it began, the first notice, when it was removed, the country of the host, and the looks."""


class Version(NamedTuple):
    """One version of a line, as far as it is counted.

    It held from the day `known_on` (None: on all days) to the day before `until`, on which the next was recorded.
    """

    ref: str
    number: int
    known_on: date | None
    until: date | None
    page: bool
    received_at: datetime
    source: str
    kind: str
    assessed_at: datetime | None
    outcome: str
    severity: str
    age: str
    sex: str
    made_by: str
    self_generated: bool
    live_stream: bool
    ai_generated: bool
    commercial: bool
    site_type: str
    country: str
    first_notice_at: datetime | None
    removed_at: datetime | None
    outcomes: Sequence[Any]

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided; a line that does not say when, on its receipt."""
        return (self.assessed_at or self.received_at) if self.outcome else None

    @property
    def grades(self) -> Grades:
        """What it is counted under if it is confirmed."""
        return Grades(
            day=(self.assessed_at or self.received_at).date(),
            source=self.source,
            severity=self.severity,
            age=self.age,
            sex=self.sex,
            made_by=self.made_by,
            own=self.self_generated,
            live_stream=self.live_stream,
            ai_generated=self.ai_generated,
            commercial=self.commercial,
            site_type=self.site_type,
            country=self.country,
        )


OF_LINE = Version._fields[5:]  # all that a line says itself

_of_line = attrgetter(*OF_LINE)


def version(row: Line, number: int, recorded: datetime) -> Version:
    """A line as it is counted."""
    return Version(
        row.id,
        number,
        day_of(recorded) if number > 1 else None,
        None,
        bool(row.url) and row.unit == "url",
        *_of_line(row),
    )


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case of our own as known on a day: its decision if it has one, its grades while it stands confirmed, its
    episodes, what police answered, and the cells that other records of it put it in."""

    settled_on: date | None
    outcome: str
    source: str
    grades: Grades | None
    episodes: tuple[Episode, ...] = ()
    answers: tuple[tuple[date, str, int], ...] = ()
    more: tuple[Cell, ...] = ()


def days(versions: Iterable[Version]) -> list[date]:
    """Every day on which something of these lines becomes known, in order."""
    found: set[date] = set()
    for row in versions:
        moments = (row.received_at, row.decided_at, row.first_notice_at, row.removed_at)
        found.update(at.date() for at in moments if at)
        found.update(date.fromisoformat(day) for day, _what, _count in row.outcomes)
        found.update(day for day in (row.known_on, row.until) if day)
    return sorted(found)


def state(versions: Iterable[Version], case: CaseState | None, day: date) -> dict[Cell, int]:
    """The cells that a unit is in at the end of a day."""
    known = [row for row in versions if _holds(row, day)]
    found = Counter(settled(known, case, day))
    for row in known:
        if not line.tells_come_back(row.ref):
            _report(found, row, day)
    if case:
        _answers(found, case.answers)
        found.update(case.more)
    return found


def settled(known: Iterable[Version], case: CaseState | None, day: date) -> list[Cell]:
    """The cells of its decision and its removal at the end of a day, on which these versions hold."""
    found: list[Cell] = []
    decided = sorted(
        (at, row.received_at, row.ref, row)
        for row in known
        if (at := row.decided_at) is not None and at.date() <= day
    )
    decisions = [(at.date(), row.outcome, row.source) for at, _received, _ref, row in decided]
    confirmed = [row for _at, _received, _ref, row in decided if row.outcome == CONFIRMED]
    standing = [row.grades for row in confirmed]
    if case:
        if case.settled_on:
            decisions.append((case.settled_on, case.outcome, case.source))
        standing = [*([case.grades] if case.grades else []), *standing]
    if standing:
        grades = min(standing, key=lambda each: each.day)
        found.append(("decided", grades.day, CONFIRMED, grades.source, ""))
        found += cells.confirmed(grades)
    elif decisions:
        first = min(decisions, key=lambda decision: decision[0])
        found.append(("decided", first[0], decisions[-1][1], first[2], ""))
    for episode in case.episodes if case and case.grades else _episodes(confirmed, day):
        found += cells.removal(*episode)
    return found


def _holds(row: Version, day: date) -> bool:
    return (row.known_on is None or row.known_on <= day) and (row.until is None or day < row.until)


def _report(found: Counter[Cell], row: Version, day: date) -> None:
    received = row.received_at.date()
    if received <= day:
        found["reports", received, row.source, row.kind, ""] += 1
        found["receipts", received, row.source, "received", ""] += 1
    if (at := row.decided_at) is not None and at.date() <= day:
        found["receipts", received, row.source, "decided", ""] += 1
        if row.outcome == CONFIRMED:
            found["receipts", received, row.source, "confirmed", ""] += 1
    named = ((date.fromisoformat(text), what, count) for text, what, count in row.outcomes)
    _answers(found, (each for each in named if each[0] <= day))


def _answers(found: Counter[Cell], answers: Iterable[tuple[date, str, int]]) -> None:
    for day, what, count in answers:
        found["police", day, what, "answers", ""] += 1
        found["police", day, what, "count", ""] += count


def _episodes(confirmed: Iterable[Version], day: date) -> list[Episode]:
    """Each time a confirmed page was up: reported and confirmed again after it was gone, it came back."""
    found: list[Episode] = []
    for row in sorted(confirmed, key=lambda row: (row.received_at, row.ref)):
        if not row.page or row.received_at.date() > day:
            continue
        gone = found[-1][3] if found else None
        if found and (gone is None or row.received_at <= gone or (row.decided_at or gone) <= gone):
            continue  # the same episode, reported again
        which = "came_back" if found else "first"
        moments = (row.received_at, by(row.first_notice_at, day), by(row.removed_at, day))
        found.append((which, *moments, row.country, Looked()))
    return found


def by(at: datetime | None, day: date) -> datetime | None:
    """The moment if it was known at the end of the day."""
    return at if at and at.date() <= day else None
