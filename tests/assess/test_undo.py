"""How long a decision for many can be undone: a manager's setting with bounds, and what holds without it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from nightlight.accounts import switchboard
from nightlight.assess import together, undo
from nightlight.assess.decision import Refused
from nightlight.assess.models import Together
from tests.assess.conftest import MakeCase, MakePerson, dismissed


def test_a_manager_sets_how_long_a_decision_for_many_can_be_undone(
    make_case: MakeCase, someone: MakePerson
) -> None:
    ada, rule = someone("analyst"), Together.Rule.SAME_MEDIA
    before = together.plan(rule, [], ada, "A shop.", dismissed(), make_case(media=1).pk)

    undo.set_rule(30, someone("manager"))
    after = together.plan(rule, [], ada, "A shop.", dismissed(), make_case(media=1).pk)

    assert [kept.leaves_at - kept.at for kept in (before, after)] == [
        timedelta(minutes=10),
        timedelta(minutes=30),
    ]


@pytest.mark.parametrize("minutes", [0, 4, 121])
def test_nobody_can_switch_the_time_to_undo_off_or_let_it_run_for_ever(
    minutes: int, home: None, someone: MakePerson
) -> None:
    with pytest.raises(Refused):
        undo.set_rule(minutes, someone("manager"))

    assert undo.rule() is None


def test_only_a_manager_sets_it(home: None, someone: MakePerson) -> None:
    with pytest.raises(PermissionDenied):
        undo.set_rule(30, someone("senior_analyst"))

    assert undo.rule() is None


def test_its_page_says_what_holds_without_it_and_keeps_what_is_set(home: None, someone: MakePerson) -> None:
    client = Client()
    client.force_login(someone("manager"))

    page = client.get("/desk/together/time/").content.decode()
    wrong = client.post("/desk/together/time/", {"minutes": "1"})
    client.post("/desk/together/time/", {"minutes": "20"})

    rows = [row for group in switchboard.all_groups() if group.name == "together" for row in group.rows()]
    assert "Without this setting it is 10 minutes" in page
    assert wrong.status_code == 422
    assert [row.state for row in rows] == ["20"]
