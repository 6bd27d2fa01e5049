"""Public periods: whole half-years, and no two answers whose difference is somebody's story."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from nightlight.stats import periods
from nightlight.stats.periods import Asked, NotADay, asked
from tests.saboteur import turns_red
from tests.stats.conftest import History
from tests.stats.lines import a_line, bring

TODAY = date(2021, 3, 1)
HALVES = [(date(y, a, 1), date(y, b, c)) for y in (2019, 2020) for a, b, c in ((1, 6, 30), (7, 12, 31))]


def test_a_period_is_widened_to_whole_half_years_and_the_past_is_told_by_half_years() -> None:
    found = asked(QueryDict("from=2019-03-05&to=2020-07-01&as_of=2020-11-30"), TODAY)

    assert found == Asked(date(2019, 1, 1), date(2020, 12, 31), date(2020, 6, 30), TODAY)
    assert asked(QueryDict("as_of=2020-12-31"), TODAY).as_of == date(2020, 12, 31)
    assert asked(QueryDict(""), TODAY).is_all
    assert asked(QueryDict("as_of=2031-01-01"), TODAY).is_all


@pytest.mark.parametrize("query", ["from=yesterday", "to=0001-01-01", "from=2020-02-01&to=2020-01-01"])
def test_what_is_no_period_is_named(client: Client, home: None, query: str) -> None:
    with pytest.raises(NotADay):
        asked(QueryDict(query), TODAY)

    assert client.get(f"/transparency/severity/?{query}").status_code == 400
    assert client.get(f"/transparency/severity/data.json?{query}").status_code == 404


def test_a_period_is_counted_by_itself(client: Client, history: History) -> None:
    history.confirmed("2019-05-05", 5)
    history.confirmed("2020-05-05", 7)

    found = client.get("/transparency/severity/data.json?from=2020-01-01&to=2020-06-30").json()

    assert (found["from"], found["to"], found["rows"][1]["count"]) == ("2020-01-01", "2020-06-30", 7)


def test_no_difference_of_two_answers_is_one_or_two(home: None) -> None:
    _years()

    answers = list(_answers())

    for one, other in combinations(answers, 2):
        for place in one.keys() & other.keys():
            assert abs(one[place] - other[place]) not in (1, 2), place
    assert any(answers)


def test_without_what_is_left_out_a_difference_tells_a_story(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periods, "_telling", lambda *given: set())

    turns_red(test_no_difference_of_two_answers_is_one_or_two, None)


def _years() -> None:
    """Two small cells among large ones: two of severity A in one half-year, and a correction of one later."""
    counts = {"A": (9, 2, 8, 7), "B": (9, 9, 9, 9), "C": (20, 4, 12, 31)}
    lines = [
        a_line(f"{severity}{half}-{n}", HALVES[half][0], severity=severity)
        for severity, row in counts.items()
        for half, count in enumerate(row)
        for n in range(count)
    ]
    bring(*lines)


def _answers() -> Iterator[dict[str, int]]:
    """The published counts of every period of whole half-years, and of every past end of one."""
    spans: list[tuple[Any, Any]] = [(None, None)]
    spans += [(HALVES[a][0], HALVES[b][1]) for a in range(4) for b in range(a, 4)]
    for first, last in spans:
        yield _counts(Asked(first, last, TODAY, TODAY))
    for _first, end in HALVES:
        yield _counts(Asked(None, None, end, TODAY))


def _counts(what: Asked) -> dict[str, int]:
    rows = periods.count("severity", what)
    return {row["severity"]: row["count"] for row in rows if isinstance(row["count"], int)}
