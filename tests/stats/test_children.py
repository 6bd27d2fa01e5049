"""Children who were identified or safeguarded are counted once each."""

from datetime import date
from typing import Any

from nightlight.casebook.models import Case, Child, Media, SeriesTie, Sighting
from nightlight.referral.models import Outcome as Answer
from nightlight.stats.books import Books
from nightlight.stats.tables import TABLES
from tests.stats.conftest import History, noon
from tests.stats.lines import a_line, bring

AS_OF = date(2020, 12, 31)


def _child(*cases: Case) -> Child:
    made = Child.objects.create(label=f"C-{Child.objects.count()}", created_at=noon("2020-01-01"))
    made.cases.set(cases)
    return made


def _answer(history: History, case: Case, day: str, count: int = 1, what: str = "child_safeguarded") -> None:
    at, told = noon(day), date.fromisoformat(day)
    Answer.objects.create(case=case, day=told, what=what, count=count, by=history.analyst, at=at)


def _by_month(what: str = "child_safeguarded", first: date | None = None) -> dict[str, int]:
    rows = TABLES["police_outcomes_by_month"].count(Books(first, None, AS_OF))
    return {row["month"]: row[what] for row in rows}


def _two_answers_about_one_child(history: History) -> None:
    one, other = history.confirmed("2020-02-01", 2)
    _child(one, other)
    _answer(history, one, "2020-03-01")
    _answer(history, other, "2020-04-01")


def test_a_child_that_two_cases_know_is_counted_once_in_the_month_of_the_first_answer(
    history: History,
) -> None:
    _two_answers_about_one_child(history)

    found, later = _by_month(), _by_month(first=date(2020, 4, 1))
    whole: Any = {row["what"]: row for row in TABLES["police_outcomes"].count(Books(None, None, AS_OF))}

    assert found == {"2020-03": 1, "2020-04": 0}
    assert later == {"2020-04": 0}
    assert (whole["child_safeguarded"]["answers"], whole["child_safeguarded"]["count"]) == (2, 1)


def test_identified_and_safeguarded_are_two_things_and_children_of_nobody_count_as_named(
    history: History,
) -> None:
    known, unknown = history.confirmed("2020-02-01", 2)
    _child(known)
    _answer(history, known, "2020-03-01", 3)
    _answer(history, known, "2020-04-01", 1, "child_identified")
    _answer(history, unknown, "2020-05-01", 2)
    outcome = {"day": "2020-05-02", "what": "child_safeguarded", "count": 4}
    bring(a_line("old", "2020-05-01", outcomes=[outcome]))

    assert _by_month() == {"2020-03": 3, "2020-04": 0, "2020-05": 6}
    assert _by_month("child_identified")["2020-04"] == 1


def test_a_child_is_known_by_the_series_of_the_media_at_the_address(history: History) -> None:
    cases = history.confirmed("2020-02-01", 2)
    child = _child()
    media = Media.objects.create(sha256="ab" * 32, first_seen=noon("2020-02-01"))
    SeriesTie.objects.create(
        child=child, media=media, case=cases[0], by=history.analyst, at=noon("2020-02-01")
    )
    for case in cases:
        assert case.location
        Sighting.objects.create(media=media, location=case.location, at=noon("2020-02-01"))
        _answer(history, case, "2020-03-01")

    assert _by_month() == {"2020-03": 1}
