"""The rota: who is on duty, and what may be promised to the public, in the hotline's own time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from django.test import Client

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.accounts.rota import Duty, Place
from nightlight.accounts.rota_models import Shift

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]
Browser = Callable[..., Client]
WORKDAYS = range(5)
NINE, FIVE, MIDNIGHT = time(9), time(17), time(0)
MONDAY_NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SATURDAY_NOON = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def office(home: None, someone: Someone) -> Person:
    """Somebody who is first on workdays from nine to five, UTC; returns the manager."""
    manager: Person = someone("manager")
    rota.add(someone("analyst", email="ana@hotline.test"), Place.FIRST, WORKDAYS, NINE, FIVE, manager)
    return manager


def said(at: datetime) -> tuple[Duty, datetime | None]:
    hours = rota.hours(at)
    return hours.duty, hours.until


def test_within_the_hours_somebody_is_on_duty_until_they_end(office: Person) -> None:
    assert said(MONDAY_NOON) == (Duty.ON, datetime(2026, 1, 5, 17))
    assert [person.email for person in rota.on_duty(Place.FIRST, MONDAY_NOON)] == ["ana@hotline.test"]


def test_outside_them_nobody_is_until_they_begin_again(office: Person) -> None:
    assert said(SATURDAY_NOON) == (Duty.OFF, datetime(2026, 1, 12, 9))
    assert rota.on_duty(Place.FIRST, SATURDAY_NOON) == []


def test_on_a_day_off_nobody_is(office: Person) -> None:
    rota.add_day_off(date(2026, 1, 12), office)

    assert said(SATURDAY_NOON) == (Duty.OFF, datetime(2026, 1, 13, 9))


def test_a_rota_without_a_gap_promises_any_hour(office: Person, someone: Someone) -> None:
    rota.add(someone("analyst"), Place.SECOND, range(7), MIDNIGHT, MIDNIGHT, office)

    assert said(SATURDAY_NOON) == (Duty.ALWAYS, None)


def test_without_anybody_nothing_is_promised(home: None) -> None:
    assert said(MONDAY_NOON) == (Duty.NONE, None)


def test_whoever_was_switched_off_or_may_take_no_alarm_is_not_promised(office: Person) -> None:
    Person.objects.filter(email="ana@hotline.test").update(is_active=False)

    assert said(MONDAY_NOON) == (Duty.NONE, None)
    assert rota.on_duty(Place.FIRST, MONDAY_NOON) == []


def test_a_night_shift_ends_the_next_morning(home: None, someone: Someone) -> None:
    rota.add(someone("analyst"), Place.FIRST, [6], time(22), time(6), someone("manager"))  # Sunday night

    assert said(datetime(2026, 1, 5, 5, 59, tzinfo=UTC)) == (Duty.ON, datetime(2026, 1, 5, 6))


@pytest.mark.parametrize(
    ("nine_in_berlin", "before"),
    [
        (datetime(2026, 1, 5, 8, 0, tzinfo=UTC), datetime(2026, 1, 5, 7, 59, tzinfo=UTC)),
        (datetime(2026, 7, 6, 7, 0, tzinfo=UTC), datetime(2026, 7, 6, 6, 59, tzinfo=UTC)),
    ],
)
def test_hours_are_those_of_the_hotline_s_wall_in_winter_and_in_summer(
    office: Person, nine_in_berlin: datetime, before: datetime
) -> None:
    rota.set_rule("Europe/Berlin", 15, "110", "", office)

    assert rota.hours(nine_in_berlin).duty is Duty.ON
    assert rota.hours(before) == rota.Hours(Duty.OFF, datetime.combine(before.date(), NINE), "Europe/Berlin")


def test_who_could_not_take_an_alarm_is_not_put_on_the_rota(office: Person, someone: Someone) -> None:
    with pytest.raises(rota.RotaRefused):
        rota.add(someone("administrator"), Place.FIRST, WORKDAYS, NINE, FIVE, office)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Mars/Base"}, "zone"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 999}, "minutes"),
        ({"police_number": " "}, "police_number"),
    ],
)
def test_a_setting_that_can_t_hold_is_refused(office: Person, wrong: dict[str, object], field: str) -> None:
    values = {"zone": "UTC", "minutes": 15, "police_number": "110", "police_name": "", **wrong}

    with pytest.raises(rota.RotaRefused) as refused:
        rota.set_rule(**values, by=office)  # type: ignore[arg-type]

    assert refused.value.field == field


def test_the_manager_s_page_puts_people_on_the_rota_and_takes_them_out(
    home: None, browser: Browser, someone: Someone
) -> None:
    client, ana = browser("manager"), someone("analyst")
    form = {
        "person": str(ana.pk),
        "place": "first",
        "weekdays": ["0", "6"],
        "begins": "09:00",
        "ends": "17:00",
    }

    client.post("/desk/rota/add/", form)
    made = list(Shift.objects.order_by("weekday"))
    client.post(f"/desk/rota/{made[0].pk}/drop/")

    assert [shift.weekday for shift in made] == [0, 6]
    assert Shift.objects.count() == 1


def test_the_page_says_what_happens_without_a_setting_and_shows_it_once_set(
    home: None, browser: Browser
) -> None:
    client = browser("manager")
    before = client.get("/desk/rota/").content.decode()
    form = {"police_number": "+44 20 7946 0000", "police_name": "", "minutes": "10", "zone": "Europe/Berlin"}

    answer = client.post("/desk/rota/urgent/", form, follow=True).content.decode()

    assert "no mail leaves" in before
    assert "+44 20 7946 0000" in answer and "no mail leaves" not in answer


def test_what_does_not_fit_is_told_beside_its_field(home: None, browser: Browser) -> None:
    answer = browser("manager").post("/desk/rota/urgent/", {"minutes": "10", "zone": "UTC"})

    assert answer.status_code == 422
    assert 'id="id_police_number_error"' in answer.content.decode()
