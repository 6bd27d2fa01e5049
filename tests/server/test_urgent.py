"""The doctor says whether somebody would be there for a child in danger now, and whether a drill has shown it."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.casebook import post
from nightlight.server import urgent
from nightlight.server.findings import Mark
from nightlight.triage import drills
from nightlight.work import clock
from tests.triage.test_alarm_clock import MONDAY
from tests.triage.test_alarm_clock import duty as duty
from tests.triage.test_alarm_clock import sent as sent
from tests.triage.test_drills import finish

pytestmark = pytest.mark.django_db


def marks() -> dict[str, Mark]:
    return {finding.check: finding.state for finding in urgent.path()}


def test_a_new_real_home_lacks_the_urgent_path_and_a_drill(real_home: None) -> None:
    assert marks() == {
        "urgent.path": Mark.MISSING,
        "urgent.rota": Mark.WARN,
        "urgent.alarms": Mark.OK,
        "urgent.drill": Mark.MISSING,
    }
    assert all(finding.do for finding in urgent.path() if finding.state is not Mark.OK)


def test_with_a_rota_and_a_drill_that_passed_all_is_well(
    duty: tuple[Person, Person, Person], sent: list[post.Letter], work_until: Callable[..., int]
) -> None:
    drill = drills.begin(duty[2])
    work_until()
    finish(drill, duty[0])

    assert set(marks().values()) == {Mark.OK}


def test_a_drill_that_failed_is_none(
    duty: tuple[Person, Person, Person], work_until: Callable[..., int]
) -> None:
    finish(drills.begin(duty[2]), duty[0])

    assert marks()["urgent.drill"] is Mark.WARN  # a rehearsal


def test_an_alarm_nobody_attends_to_is_told(duty: tuple[Person, Person, Person]) -> None:
    drills.begin(duty[2])
    clock.run(MONDAY + timedelta(hours=1), None)

    assert marks()["urgent.alarms"] is Mark.WARN


def test_some_hours_are_hours(home: None, someone: Callable[..., Person]) -> None:
    rota.add(someone("analyst"), rota.Place.FIRST, [0], time(9), time(10), someone("manager"))

    assert marks()["urgent.rota"] is Mark.OK
