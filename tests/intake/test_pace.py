"""What happens next is told with times of our own clocks, or that we don't know yet."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.casebook.models import Assessment, Case, Location
from nightlight.casebook.words import Outcome, ReportKind, State
from nightlight.intake import pace, verbs
from nightlight.work import clock

Someone = Callable[..., Person]


def decided(hours: list[float], by: Person, *, gone_after: float | None = None) -> None:
    """One case for each span, decided now."""
    now = clock.now()
    for n, span in enumerate(hours):
        place = Location.objects.create(
            url=f"http://a.example/{n}", host="a.example", domain="a.example", tld="example", first_seen=now
        )
        case = Case.objects.create(
            kind=ReportKind.MATERIAL,
            priority=5,
            location=place,
            state=State.GONE if gone_after else State.DISMISSED,
            received_at=now - timedelta(hours=span),
            changed_at=now,
            confirmed_at=now - timedelta(hours=gone_after) if gone_after else None,
            gone_at=now if gone_after else None,
        )
        Assessment.objects.create(case=case, by=by, at=now, outcome=Outcome.NOT_ILLEGAL, is_final=True)
        # a second decision of the same case is no longer the reporter's wait
        Assessment.objects.create(case=case, by=by, at=now, outcome=Outcome.NOT_FOUND, is_final=True, round=2)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.2, "within one hour"), (5.5, "within 6 hours"), (47, "within 47 hours"), (72.5, "within 4 days")],
)
def test_the_median_is_told_in_words_rounded_up(
    home: None, someone: Someone, hours: float, words: str
) -> None:
    decided([hours] * 11 + [400] * 9, someone("analyst"))

    pace.count()

    assert words in pace.told()["decision"]


def test_below_enough_cases_nothing_is_promised(home: None, someone: Someone) -> None:
    decided([1] * (pace.ENOUGH - 1), someone("analyst"))

    pace.count()

    assert all("do not know yet" in said for said in pace.told().values())


def test_what_is_older_than_the_weeks_counts_no_more(home: None, someone: Someone) -> None:
    decided([1] * 20, someone("analyst"), gone_after=30)
    pace.count()
    before = pace.told()

    clock.run(clock.now() + timedelta(weeks=pace.WEEKS, hours=1), None)
    pace.count()

    assert "within one hour" in before["decision"] and "within 30 hours" in before["removal"]
    assert all("do not know yet" in said for said in pace.told().values())


def test_who_reports_and_who_comes_back_are_told(home: None, client: Client, someone: Someone) -> None:
    decided([5.5] * 20, someone("analyst"))
    pace.count()

    thanks = client.post("/report/", {"text": "something"}).content.decode()
    received = verbs.receive(ReportKind.OTHER)
    Case.objects.create(
        kind=ReportKind.OTHER,
        priority=5,
        report=received.report,
        received_at=clock.now(),
        changed_at=clock.now(),
    )
    received.report.sorted_at = clock.now()
    received.report.save(update_fields=["sorted_at"])
    later = client.post("/receipt/", {"receipt": received.receipt}).content.decode()

    assert "within 6 hours" in thanks and "within 6 hours" in later
    assert "do not know yet how long a removal takes" in thanks
