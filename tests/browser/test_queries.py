"""How many questions each page asks the database: a number of its own, which does not grow with what it shows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nightlight.accounts.models import Person
from nightlight.stats import own
from tests.browser.hotline import BACKEND, OWN, PAGES, Day, reported

pytestmark = pytest.mark.django_db

# Whether it is a rehearsal, which every page says; the other pages below ask for what they show.
PUBLIC = {
    "/": 1,
    "/report/": 5,  # and the hours: the clock, the setting, the rota, the days off
    "/receipt/": 1,
    "/young-people/": 1,
    "/young-people/tell/": 1,
    "/parents/": 1,
    "/appeal/": 1,
    "/transparency/": 135,  # some for each of its tables and of those it stands beside, and whether there are editions
    "/transparency/severity/": 16,
    "/transparency/editions/": 3,
    "/desk/account/login/": 1,
}
PROVIDER = 7
DESK = (
    25  # at the head of every page two of them for the alarms, up to five for the reader's time with material
)
CHECKLIST = 30  # it runs the checks of doctor
TOGETHER = 25  # it tries the head of the queue against each rule, all cases at once
OVERVIEW = 28  # every queue, and each kind of clock
CASE = 64
APPEAL = 19


def asked(client: Client, path: str) -> int:
    """The questions one page asks."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200, path
    return len(queries)


def signed_in(who: Person) -> Client:
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client


def test_a_public_page_asks_no_more_than_it_shows(day: Day) -> None:
    own.count_marked()  # as a worker does every minute

    found = {path: asked(Client(), path) for path in PUBLIC}

    assert {path: n for path, n in found.items() if n > PUBLIC[path]} == {}
    assert asked(Client(), day.provider) <= PROVIDER


def test_a_page_of_the_desk_asks_a_handful_of_questions(day: Day) -> None:
    client = signed_in(day.ada)
    own.count_marked()

    found = {path: asked(client, path) for path in (*PAGES, *OWN)}

    assert found.pop("/desk/office/checklist/") <= CHECKLIST
    assert found.pop("/desk/together/") <= TOGETHER
    assert found.pop("/desk/overview/") <= OVERVIEW
    assert {path: n for path, n in found.items() if n > DESK} == {}


def test_a_case_and_an_appeal_ask_what_all_their_stages_know(day: Day) -> None:
    client = signed_in(day.ada)

    cases = [
        asked(client, f"/desk/cases/{case.pk}/") for case in (day.open, day.second, day.noticed, day.waiting)
    ]

    assert max(cases) <= CASE
    assert asked(client, f"/desk/appeals/{day.appeal.pk}/") <= APPEAL


def test_fifty_more_cases_make_the_queue_ask_nothing_more(day: Day) -> None:
    client = signed_in(day.mira)
    before = asked(client, "/desk/"), asked(client, f"/desk/cases/{day.open.pk}/")

    for number in range(50):
        reported(f"http://board.example/t/{number}")

    assert (asked(client, "/desk/"), asked(client, f"/desk/cases/{day.open.pk}/")) == before


def test_many_reports_of_one_page_make_its_case_ask_nothing_more(day: Day) -> None:
    client = signed_in(day.mira)
    path = f"/desk/cases/{day.open.pk}/"
    before = asked(client, path)

    reported("http://quickpic.example/v/20418", text="Again.", times=15)

    assert asked(client, path) == before
