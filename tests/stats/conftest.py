"""Years of records in a few lines: reports and decisions on named days, nothing announced."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.casebook.models import Assessment, Case, Location, Report
from nightlight.casebook.words import Outcome, ReportKind, Source, State
from tests.casebook import cases


def noon(day: date | str) -> datetime:
    """Twelve o'clock UTC of a day."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(found.year, found.month, found.day, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stage listens."""
    cases.only("nobody", monkeypatch)


@pytest.fixture
def history(home: None) -> "History":
    """An empty history."""
    return History(cases.analyst())


class History:
    """Writes records of the past."""

    def __init__(self, analyst: Person) -> None:
        self.analyst = analyst
        self.made = 0

    def reports(self, day: date | str, count: int = 1, source: str = Source.PUBLIC) -> list[Report]:
        """So many reports on a day."""
        rows = [
            Report(
                received_at=noon(day),
                source=source,
                kind=ReportKind.MATERIAL,
                receipt_digest=f"history-{self.made + n}-{day}-{source}",
            )
            for n in range(count)
        ]
        self.made += count
        return Report.objects.bulk_create(rows)

    def case(self, day: date | str, state: str = State.CONFIRMED, **fields: Any) -> Case:
        """A case with an address, received on a day."""
        self.made += 1
        host = f"site{self.made}.example"
        location = Location.objects.create(
            url=f"http://{host}/", host=host, domain=host, tld="example", first_seen=noon(day)
        )
        values = {"kind": ReportKind.MATERIAL, "priority": 5, "changed_at": noon(day), **fields}
        return Case.objects.create(location=location, received_at=noon(day), state=state, **values)

    def decide(
        self, case: Case, day: date | str, outcome: str = Outcome.CONFIRMED, **fields: Any
    ) -> Assessment:
        """A settled decision on a day."""
        grades = {"severity": "B", "age": "11-13", "sex": "girls", "made_by": "adult_present"}
        return Assessment.objects.create(
            case=case,
            by=self.analyst,
            at=noon(day),
            outcome=outcome,
            round=1 + case.assessments.count(),
            **{"is_final": True, **(grades if outcome == Outcome.CONFIRMED else {}), **fields},
        )

    def confirmed(self, day: date | str, count: int = 1, **fields: Any) -> list[Case]:
        """So many cases, received and confirmed on a day."""
        made = [self.case(day) for _ in range(count)]
        for case in made:
            self.decide(case, day, **fields)
        return made
