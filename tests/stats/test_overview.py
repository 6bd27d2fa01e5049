"""The manager's overview: what came and went, the queues, the clocks about to be missed; never who."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nightlight.casebook.models import Hold
from nightlight.casebook.words import State
from nightlight.stats import overview, own
from nightlight.triage.alarm_models import Alarm
from nightlight.work import clock
from tests.stats.conftest import History


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_today_and_this_week_stand_beside_the_same_days_of_last_week(history: History) -> None:
    history.confirmed("2026-01-05", 2)
    history.confirmed("2025-12-29", 3)
    history.reports("2025-12-31", 4)  # a day of last week that has not come yet in this one

    flows = overview.flows(clock.now())

    assert (flows["today"].confirmed, flows["week"].confirmed, flows["last_week"].confirmed) == (2, 2, 3)
    assert flows["last_week"].reports == 0


def test_every_state_is_counted_and_what_waits_says_since_when(history: History) -> None:
    history.case("2025-12-01", State.OPEN), history.case("2025-12-20", State.OPEN)

    found = {queue.state: queue for queue in overview.queues()}

    assert set(found) == set(State)
    assert found[State.OPEN].count == 2
    assert found[State.OPEN].oldest and found[State.OPEN].oldest.date().isoformat() == "2025-12-01"
    assert (found[State.GONE].count, found[State.GONE].oldest) == (0, None)


def test_the_clocks_about_to_be_missed_come_first_to_end_first(history: History) -> None:
    now = clock.now()
    soon, later, far = (
        history.case("2026-01-04", State.NOTICED, clock_at=now + timedelta(hours=hours))
        for hours in (2, 20, 60)
    )
    history.case("2026-01-02", State.SECOND_LOOK)
    Hold.objects.create(case=far, until=now + timedelta(days=3), by=history.analyst, at=now)
    Hold.objects.create(case=soon, until=now + timedelta(days=30), by=history.analyst, at=now)

    rows, more = overview.deadlines(now, 1)

    assert (rows, more) == ([soon, later], False)
    assert overview.late_second_looks(now) == 1
    assert [hold.case for hold in overview.holds_ending(now)] == [far]


def test_the_page_names_nobody_and_asks_no_more_for_many_cases(
    client: Client, history: History, someone: Any
) -> None:
    manager = someone("manager")
    client.force_login(manager)
    now = clock.now()
    history.confirmed("2026-01-05", 3)
    own.count_marked()
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/overview/")
    for _ in range(30):
        history.case("2026-01-04", State.NOTICED, clock_at=now + timedelta(hours=2))
    Alarm.objects.create(
        reason="contact", drill=True, raised_at=now, answer_by=now, touched_at=now, begun_by=history.analyst
    )
    own.count_marked()

    with CaptureQueriesContext(connection) as many:
        first = client.get("/desk/overview/")
    second = client.get("/desk/overview/?page=2")

    assert len(many) <= len(few)
    assert (len(first.context["deadlines"]), len(second.context["deadlines"])) == (25, 5)
    assert history.analyst.email not in first.content.decode()
    assert "A drill" in text(first)


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("inspector", 200), ("custodian", 403)])
def test_whoever_may_see_the_numbers_sees_it(
    client: Client, home: None, someone: Any, role: str, status: int
) -> None:
    client.force_login(someone(role))

    assert client.get("/desk/overview/").status_code == status
