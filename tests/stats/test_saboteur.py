"""Without their guards the tests of the numbers turn red."""

import pytest
from django.test import Client

from nightlight.stats import children, margins, past_units, small_cells, units
from tests.saboteur import turns_red
from tests.stats import test_children, test_margins, test_past, test_published, test_round_trip
from tests.stats.conftest import History


def test_without_the_guard_of_the_address_a_page_reported_twice_counts_twice(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_units, "_unit", lambda index, ref: f"ref {ref}")

    turns_red(
        test_past.test_the_same_line_again_is_nothing_and_an_address_counts_once_however_often_and_however_spelled,
        None,
    )


def test_without_its_own_day_a_correction_rewrites_what_was_known(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "_holds", lambda row, day: row.until is None)

    turns_red(test_past.test_a_correction_is_known_from_the_day_it_was_recorded, None, monkeypatch)


def test_without_the_complements_a_hidden_count_comes_out_by_subtraction(
    client: Client, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_cells, "close", lambda rows: False)
    monkeypatch.setattr(margins, "close", lambda rows: False)

    turns_red(
        test_published.test_a_cell_of_one_or_two_is_not_published_nor_what_would_give_it_away, client, history
    )


def test_without_carrying_sums_over_another_table_gives_a_count_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(margins, "_carry", lambda tables: False)

    assert test_margins.leaks([("7-10", "girls", grade) for grade in "AAABBB"] + [("7-10", "boys", "A")]) == [
        "age_by_sex 7-10 boys"
    ]


def test_without_looking_who_they_are_a_child_counts_twice(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_children", lambda cases: {})

    turns_red(
        test_children.test_a_child_that_two_cases_know_is_counted_once_in_the_month_of_the_first_answer,
        history,
    )


def test_without_its_episodes_the_export_loses_a_page_that_came_back(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightlight.stats.out.records.of_case", lambda *_facts: [])

    turns_red(
        test_round_trip.test_a_page_that_came_back_is_exported_as_an_episode_and_no_report,
        history,
        by=(ValueError,),
    )
