"""The table of second looks: of the random sample only, in the period of the second look, and never of a few."""

from datetime import date, timedelta

import pytest

from nightlight.assess.models import AskedLook
from nightlight.casebook.models import Assessment
from nightlight.stats import words
from nightlight.stats.render import published
from nightlight.stats.tables import TABLES, Books
from tests.casebook import cases
from tests.stats.conftest import History, noon

AS_OF = date(2020, 12, 31)
FEW = 30


def looked_twice(history: History, count: int, *, sampled: bool = True, differ: int = 0) -> None:
    """So many cases graded C and B in turns on 1 February and, a day later, the same but for the first `differ`."""
    second = cases.analyst()
    for number in range(count):
        case = history.case("2020-02-01")
        grade = "CB"[number % 2]
        first = _look(case, history.analyst, "first", grade, "2020-02-01")
        _look(case, second, "second", "A" if number < differ else grade, "2020-02-02")
        AskedLook.objects.create(look=first, sampled=sampled, new_analyst=not sampled)


def _look(case: object, by: object, role: str, grade: str, day: str) -> Assessment:
    return Assessment.objects.create(
        case=case, by=by, role=role, severity=grade, outcome="confirmed", at=noon(day)
    )


def counted(first: date | None = None, as_of: date = AS_OF) -> dict[str, object]:
    return TABLES["second_looks"].count(Books(first, None, as_of))[0]


def test_agreement_is_of_the_random_sample_only(history: History) -> None:
    looked_twice(history, FEW)
    looked_twice(history, 5, sampled=False, differ=5)

    row = counted()

    assert row == {"scheme": "UK", "pairs": FEW, "same": 1.0, "alpha": 1.0}


def test_whoever_differs_lowers_it(history: History) -> None:
    looked_twice(history, 40, differ=10)

    row = counted()

    assert (row["pairs"], row["same"]) == (40, 0.75)
    assert 0 < row["alpha"] < 0.75  # type: ignore[operator]
    assert words.readable([row]).rows[0][2:] == ["75%", f"{row['alpha']:.2f}"]


@pytest.mark.parametrize("as_of", [date(2020, 2, 1), AS_OF], ids=["before the second look", "too few"])
def test_nothing_is_published_below_the_minimum(history: History, as_of: date) -> None:
    looked_twice(history, FEW - (as_of == AS_OF))

    text = published("second_looks", Books(None, None, as_of), "csv")

    assert text.splitlines()[1:] == ["UK,,,"]


def test_it_counts_on_the_day_of_the_second_look(history: History) -> None:
    looked_twice(history, FEW)

    before, after = counted(first=date(2020, 2, 2)), counted(first=date(2020, 2, 2) + timedelta(days=1))

    assert (before["pairs"], after["pairs"]) == (FEW, None)
