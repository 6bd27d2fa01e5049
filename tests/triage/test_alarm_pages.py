"""The pages of alarms: on every page of the desk, the police first, and marked where it is a drill."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts import rota
from nightlight.accounts.appearance import LANGUAGE_COOKIE
from nightlight.accounts.models import Person
from nightlight.casebook.models import Case
from nightlight.casebook.words import ReportKind
from nightlight.intake.verbs import receive
from nightlight.triage import alarms, drills
from nightlight.triage.alarm_models import Alarm
from nightlight.work import clock

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
URL = "http://pixelbarn.test/a/k3v9"


@pytest.fixture
def alarm(home: None, work_until: Callable[..., int]) -> Alarm:
    receive(ReportKind.MATERIAL, urls=[URL], text="A red kite.", happening_now=True)
    work_until()
    return Alarm.objects.get()


def desk(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


@pytest.mark.parametrize("path", ["/desk/", "/desk/waiting/", "/desk/search/", "/desk/matrix/"])
def test_every_page_of_the_desk_shows_an_alarm_that_waits(alarm: Alarm, someone: Someone, path: str) -> None:
    assert f'data-alarm="{alarm.pk}"' in page(desk(someone("analyst")), path)


def test_once_it_is_taken_only_whoever_has_it_is_shown_it(alarm: Alarm, someone: Someone) -> None:
    mira, jonas = someone("analyst"), someone("analyst")

    alarms.take(alarm.pk, mira)

    assert "You have it." in page(desk(mira), "/desk/alarms/banner/")
    assert "data-alarm=" not in page(desk(jonas), "/desk/alarms/banner/")


def test_how_a_mail_about_it_stands_is_said_in_the_reader_s_language(alarm: Alarm, someone: Someone) -> None:
    mira = someone("analyst")
    alarm.mails.create(person=mira, step="first", state="spared", queued_at=clock.now())
    client = desk(mira)
    client.cookies[LANGUAGE_COOKIE] = "de"

    assert "Nicht mehr nötig" in page(client, f"/desk/alarms/{alarm.pk}/")


def test_an_administrator_is_shown_no_alarm(alarm: Alarm, someone: Someone) -> None:
    client = desk(someone("administrator"))

    assert "data-alarm" not in page(client, "/desk/people/")
    assert client.get("/desk/alarms/banner/").status_code == 403


def test_no_page_of_alarms_shows_the_report_or_its_address(alarm: Alarm, someone: Someone) -> None:
    client = desk(someone("analyst"))

    shown = page(client, "/desk/alarms/") + page(client, f"/desk/alarms/{alarm.pk}/")

    assert "pixelbarn" not in shown and "kite" not in shown


def test_the_number_of_the_police_stands_before_the_case(alarm: Alarm, someone: Someone) -> None:
    rota.set_rule("UTC", 15, "+44 20 7946 0000", "The unit", someone("manager"))

    shown = page(desk(someone("analyst")), f"/desk/alarms/{alarm.pk}/")

    assert 0 < shown.index("tel:+442079460000") < shown.index(f"/desk/cases/{alarm.case_id}/")


def test_an_alarm_is_taken_called_and_closed_by_its_forms(alarm: Alarm, someone: Someone) -> None:
    client, base = desk(someone("analyst")), f"/desk/alarms/{alarm.pk}/"
    at = clock.now().strftime("%Y-%m-%dT%H:%M")
    client.post(f"{base}take/")

    early = client.post(f"{base}close/", follow=True).content.decode()
    bare = client.post(f"{base}call/", {"called_at": at})
    call = {"called_at": at, "incident_number": "2026-17", "answered_by": "Sergeant Lund"}
    noted = client.post(f"{base}call/", call, follow=True).content.decode()
    client.post(f"{base}close/")

    assert "first record the call" in early
    assert bare.status_code == 422 and 'id="id_incident_number_error"' in bare.content.decode()
    assert "2026-17" in noted and "Sergeant Lund" in noted
    assert Alarm.objects.get().ending == "police_told"


def test_a_colleague_is_asked_by_the_form(alarm: Alarm, someone: Someone) -> None:
    mira, jonas = someone("analyst"), someone("analyst")
    client = desk(mira)
    client.post(f"/desk/alarms/{alarm.pk}/take/")

    client.post(f"/desk/alarms/{alarm.pk}/offer/", {"to": str(jonas.pk)})

    assert "asks you to take it over" in page(desk(jonas), "/desk/alarms/banner/")


def test_the_case_says_that_there_is_an_alarm(alarm: Alarm, someone: Someone) -> None:
    assert f"/desk/alarms/{alarm.pk}/" in page(
        desk(someone("analyst")), f"/desk/cases/{Case.objects.get().pk}/"
    )


def test_a_drill_is_marked_wherever_it_is_shown(home: None, someone: Someone) -> None:
    manager, client = someone("manager"), desk(someone("analyst"))
    drill = drills.begin(manager)

    shown = [page(client, path) for path in ("/desk/", "/desk/alarms/", f"/desk/alarms/{drill.pk}/")]

    assert all('drill">Drill' in each for each in shown)
    assert not any('class="alarm danger"' in each for each in shown)


def test_a_manager_begins_a_drill_by_the_button(home: None, someone: Someone) -> None:
    desk(someone("manager")).post("/desk/alarms/drill/")

    assert Alarm.objects.get().drill


def test_the_page_of_a_drill_offers_no_call(home: None, someone: Someone) -> None:
    rota.set_rule("UTC", 15, "+44 20 7946 0000", "The unit", someone("manager"))
    drill = drills.begin(someone("manager"))

    shown = page(desk(someone("analyst")), f"/desk/alarms/{drill.pk}/")

    assert "Do not call" in shown and "tel:" not in shown
