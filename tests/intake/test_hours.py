"""The public form says truly whether somebody is on duty, in every language, and whom to call if nobody is."""

from collections.abc import Callable
from datetime import time

import pytest
from django.test import Client

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.work import clock
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]


@pytest.fixture
def evenings(home: None, someone: Someone) -> Person:
    """Somebody is on duty on Mondays from eighteen hours, in Berlin; it is Monday, ten there."""
    manager: Person = someone("manager")
    rota.add(someone("analyst"), rota.Place.FIRST, [0], time(18), time(22), manager)
    rota.set_rule("Europe/Berlin", 15, "110", "", manager)
    return manager


def form(language: str = "en") -> str:
    return str(Client().get("/report/", headers={"Accept-Language": language}).content.decode())


def test_when_nobody_is_on_duty_the_form_says_until_when_and_whom_to_call(evenings: Person) -> None:
    shown = form()

    assert "Right now nobody is on duty, until Monday, 5 January, 18:00 (Europe/Berlin)." in shown
    assert "do not wait for us" in shown


def test_when_somebody_is_the_form_says_until_when(evenings: Person) -> None:
    clock.run(MONDAY.replace(hour=18), None)

    assert "on duty for urgent reports now, until Monday, 5 January, 22:00 (Europe/Berlin)." in form()


def test_without_a_rota_no_hours_are_promised(home: None) -> None:
    assert "no hours at which somebody is sure to be on duty" in form()


def test_a_rota_without_a_gap_is_any_hour(evenings: Person, someone: Someone) -> None:
    rota.add(someone("analyst"), rota.Place.SECOND, range(7), time(0), time(0), evenings)

    assert "on duty for urgent reports at any hour" in form()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Gerade ist niemand im Dienst, bis Montag, 5. Januar, 18:00 Uhr"),
        ("ar", "الاثنين، 5 يناير، 18:00"),
    ],
)
def test_it_is_said_in_the_reader_s_language(evenings: Person, language: str, words: str) -> None:
    assert words in form(language)


def test_the_answer_to_a_report_says_it_too_and_first_whom_to_call_in_danger(evenings: Person) -> None:
    sent = Client().post("/report/", {"kind": "material", "text": "A grey square.", "happening_now": "on"})

    shown = sent.content.decode()
    assert sent.status_code == 200
    assert shown.index("tel:112") < shown.index("Right now nobody is on duty") < shown.index("receipt-title")
