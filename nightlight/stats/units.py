"""What one counted unit puts into the ledger: a pure function of all that is recorded about it.

A unit is one address with every line and the case about it, or one line or case without an address. It is confirmed
once, under the grades of its first confirmed assessment; a case of our own under those of its newest.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any

from nightlight.casebook.words import Outcome
from nightlight.stats import cells, line
from nightlight.stats.cells import Cell, Grades, Key, Looked
from nightlight.stats.line import Line

CONFIRMED = Outcome.CONFIRMED.value
Episode = tuple[str, datetime, datetime | None, datetime | None, str, Looked]
"""First or came_back, when it began, the first notice, when it was removed, the country of the host, and the looks."""


@dataclass(frozen=True, slots=True)
class Version:
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


OF_LINE = tuple(
    field.name
    for field in fields(Version)
    if field.name not in ("ref", "number", "known_on", "until", "page")
)

_of_line = attrgetter(*OF_LINE)


def version(row: Line, number: int, recorded: datetime) -> Version:
    """A line as it is counted."""
    return Version(
        row.id,
        number,
        recorded.astimezone(UTC).date() if number > 1 else None,
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


def changes_of_lines(versions: Sequence[Version]) -> dict[Key, int]:
    """What the lines about one address (or one line without) put into the ledger, no case of ours being about it."""
    only = versions[0] if len(versions) == 1 else None
    if only and only.known_on is only.until is None and not line.tells_come_back(only.ref):
        return _of_one(only)
    return cells.differences((day, state(versions, None, day)) for day in days(versions))


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
    found: Counter[Cell] = Counter()
    known = [row for row in versions if _holds(row, day)]
    for row in known:
        if not line.tells_come_back(row.ref):
            found.update(_of_report(row, day))
    decided = sorted(
        (at, row.received_at, row.ref, row)
        for row in known
        if (at := row.decided_at) is not None and at.date() <= day
    )
    settled = [(at.date(), row.outcome, row.source) for at, _received, _ref, row in decided]
    confirmed = [row for _at, _received, _ref, row in decided if row.outcome == CONFIRMED]
    standing = [row.grades for row in confirmed]
    if case:
        if case.settled_on:
            settled.append((case.settled_on, case.outcome, case.source))
        standing = [*([case.grades] if case.grades else []), *standing]
        _answers(found, case.answers)
        found.update(case.more)
    if standing:
        grades = min(standing, key=lambda each: each.day)
        found["decided", grades.day, CONFIRMED, grades.source, ""] += 1
        found.update(cells.confirmed(grades))
    elif settled:
        first = min(settled, key=lambda decision: decision[0])
        found["decided", first[0], settled[-1][1], first[2], ""] += 1
    if case and case.grades:
        for episode in case.episodes:
            found.update(cells.removal(*episode))
    else:
        for episode in _episodes(confirmed, day):
            found.update(cells.removal(*episode))
    return found


def _holds(row: Version, day: date) -> bool:
    return (row.known_on is None or row.known_on <= day) and (row.until is None or day < row.until)


def _of_report(row: Version, day: date) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
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
    return found


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
        moments = (row.received_at, _by(row.first_notice_at, day), _by(row.removed_at, day))
        found.append((which, *moments, row.country, Looked()))
    return found


def _by(at: datetime | None, day: date) -> datetime | None:
    return at if at and at.date() <= day else None


def _of_one(row: Version) -> dict[Key, int]:
    """As `state` gives day by day, for the line that is alone and never corrected: nearly all of them."""
    received = row.received_at.date()
    found: dict[Key, int] = {
        ("reports", received, received, row.source, row.kind, ""): 1,
        ("receipts", received, received, row.source, "received", ""): 1,
    }
    for text, what, count in row.outcomes:
        named = date.fromisoformat(text)
        for column, more in (("answers", 1), ("count", count)):
            key = ("police", named, named, what, column, "")
            found[key] = found.get(key, 0) + more
    if (at := row.decided_at) is None:
        return found
    decided = at.date()
    found["receipts", decided, received, row.source, "decided", ""] = 1
    found["decided", decided, decided, row.outcome, row.source, ""] = 1
    if row.outcome != CONFIRMED:
        return found
    found["receipts", decided, received, row.source, "confirmed", ""] = 1
    for table, day, a, b, c in cells.confirmed(row.grades):
        found[table, decided, day, a, b, c] = 1
    if row.page:
        found.update(_removal_of_one(row, max(received, decided)))
    return found


def _removal_of_one(row: Version, begins: date) -> dict[Key, int]:
    """As `cells.differences` of `cells.removal` would give, whose steps are at most three here."""
    found: dict[Key, int] = {}
    before: list[Cell] = []
    day = begins
    while True:
        cells_now = cells.removal(
            "first", row.received_at, _by(row.first_notice_at, day), _by(row.removed_at, day), row.country
        )
        for (table, counted, a, b, c), n in [
            *((cell, -1) for cell in before),
            *((cell, 1) for cell in cells_now),
        ]:
            key = (table, day, counted, a, b, c)
            found[key] = found.get(key, 0) + n
        before = cells_now
        later = [at.date() for at in (row.first_notice_at, row.removed_at) if at and at.date() > day]
        if not later:
            return {key: n for key, n in found.items() if n}
        day = min(later)
