"""The numbers of cases by state are right, whatever changed them, and read without counting the cases."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from nightlight.casebook import states, tally
from nightlight.casebook.models import Case, CaseTally
from nightlight.casebook.words import State
from tests.casebook.cases import page_case


def counted() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Case.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_numbers_follow_every_way_in_which_cases_change(home: None) -> None:
    cases = [page_case(f"http://site{number}.example/") for number in range(6)]
    states.move(cases[0], State.DISMISSED)
    Case.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(state=State.GONE)
    Case.objects.bulk_update([Case(pk=cases[3].pk, state=State.WAITING)], ["state"])
    Case.objects.filter(pk=cases[4].pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casebook_case SET kind = 'other' WHERE state = 'open'")

    assert tally.by_state() == counted() == {"gone": 3, "waiting": 1, "open": 1}
    assert tally.by_kind((State.OPEN,)) == {"other": 1}


def test_folding_changes_no_number_and_leaves_few_rows(home: None) -> None:
    for number in range(20):
        states.move(page_case(f"http://site{number}.example/"), State.DISMISSED)
    before = tally.by_state()

    tally.fold()

    assert tally.by_state() == before == counted()
    assert CaseTally.objects.count() == 1


def test_what_is_taken_back_is_not_counted(home: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        page_case("http://site.example/")
        _ = 1 / 0

    assert tally.by_state() == {}


def test_triggers_that_were_lost_are_made_again_and_all_is_counted_anew(home: None) -> None:
    page_case("http://site1.example/")
    on = " ON casebook_case" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER casebook_case_tally_insert{on}")
    page_case("http://site2.example/")

    tally.ensure(connection)

    assert tally.missing(connection) == []
    assert tally.by_state() == counted() == {"open": 2}


def test_folding_is_upkeep_that_recurs(home: None) -> None:
    from nightlight.work import due

    assert due.TASKS["casebook.fold_tally"].every == timedelta(minutes=5)
