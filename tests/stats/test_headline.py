"""The headline figures: the golden example, and every rule of their wording."""

from datetime import date

import pytest

from nightlight.casebook.words import Outcome, Source
from nightlight.stats.headline import headline
from tests.stats.conftest import History

NOVEMBER = date(2020, 11, 30)


def test_the_headline_of_november_2020_in_the_form_of_the_contract(history: History) -> None:
    history.reports("2019-09-10", 20)
    history.reports("2020-08-10", 24)
    history.reports("2020-09-30", 30)
    history.reports("2020-09-30", 50, source=Source.MEMBER)
    history.confirmed("2019-03-01", 29, self_generated=True)
    history.confirmed("2019-12-31", 71)
    history.confirmed("2020-01-01", 11, self_generated=True)
    history.confirmed("2020-06-30", 14)
    history.confirmed("2020-11-30", 5, self_generated=True)

    found = headline(NOVEMBER)

    assert found == {
        "as_of": "2020-11-30",
        "month": {
            "month": "2020-09",
            "public_reports": 30,
            "same_month_last_year": 20,
            "change": 10,
            "is_record": True,
        },
        "confirmed": {"year_to_date": 30, "last_year": 100},
        "self_generated": {"half": "2020-H1", "share": 0.44, "share_last_year": 0.29, "last_year": "2019"},
    }


def test_a_home_without_records_has_nulls(home: None) -> None:
    found = headline(NOVEMBER)

    assert set(found["month"].values()) == {None}
    assert found["confirmed"] == {"year_to_date": 0, "last_year": None}
    assert found["self_generated"] == {
        "half": "2020-H1",
        "share": None,
        "share_last_year": None,
        "last_year": "2019",
    }


def test_in_january_no_month_of_the_year_is_complete(history: History) -> None:
    history.reports("2020-01-05", 9)

    found = headline(date(2020, 1, 30))

    assert found["month"]["month"] is None


@pytest.mark.parametrize(("day", "month"), [(date(2020, 9, 29), "2020-08"), (date(2020, 9, 30), "2020-09")])
def test_a_month_is_complete_with_its_last_day(history: History, day: date, month: str) -> None:
    history.reports("2020-08-01", 2)
    history.reports("2020-09-01", 3)

    found = headline(day)

    assert found["month"]["month"] == month


def test_of_two_months_with_as_many_the_earlier_is_named(history: History) -> None:
    history.reports("2020-02-01", 3)
    history.reports("2020-05-01", 3)

    found = headline(NOVEMBER)

    assert found["month"]["month"] == "2020-02"


def test_a_month_that_only_equals_an_earlier_one_is_no_record(history: History) -> None:
    history.reports("2018-05-01", 3)
    history.reports("2020-05-01", 3)

    found = headline(NOVEMBER)

    assert found["month"]["is_record"] is False


def test_a_month_before_our_records_begin_is_null_and_one_without_reports_is_zero(history: History) -> None:
    history.reports("2020-05-01", 3)
    before = headline(NOVEMBER)["month"]
    history.reports("2019-01-01", 1)

    after = headline(NOVEMBER)["month"]

    assert (before["same_month_last_year"], before["change"]) == (None, None)
    assert (after["same_month_last_year"], after["change"]) == (0, 3)


def test_reports_after_the_day_are_not_known(history: History) -> None:
    history.reports("2020-10-31", 3)
    history.reports("2020-12-01", 9)

    found = headline(NOVEMBER)

    assert found["month"]["public_reports"] == 3


@pytest.mark.parametrize(
    ("day", "half", "before"),
    [
        (date(2020, 6, 29), "2019-H2", "2018"),
        (date(2020, 6, 30), "2020-H1", "2019"),
        (date(2020, 12, 30), "2020-H1", "2019"),
        (date(2020, 12, 31), "2020-H2", "2019"),
        (date(2021, 1, 1), "2020-H2", "2019"),
    ],
)
def test_the_share_is_of_the_last_complete_half_and_the_year_before_it(
    home: None, day: date, half: str, before: str
) -> None:
    found = headline(day)["self_generated"]

    assert (found["half"], found["last_year"]) == (half, before)


def test_a_case_counts_once_on_its_first_day_however_often_it_is_assessed(history: History) -> None:
    case = history.confirmed("2019-12-31")[0]
    history.decide(case, "2020-02-01", severity="A")

    found = headline(NOVEMBER)["confirmed"]

    assert found == {"year_to_date": 0, "last_year": 1}


def test_a_correction_counts_from_the_day_it_was_recorded(history: History) -> None:
    case = history.confirmed("2020-02-01")[0]
    history.decide(case, "2020-06-01", Outcome.NOT_ILLEGAL)

    before, after = headline(date(2020, 5, 31)), headline(date(2020, 6, 1))

    assert before["confirmed"]["year_to_date"] == 1
    assert after["confirmed"]["year_to_date"] == 0


def test_a_look_that_settled_nothing_does_not_count(history: History) -> None:
    history.decide(history.case("2020-02-01"), "2020-02-01", is_final=False)

    found = headline(NOVEMBER)

    assert found["confirmed"]["year_to_date"] == 0
