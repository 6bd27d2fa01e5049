"""The clock of an alarm: the first person, the second if nobody answers, everybody; and the hourly check."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import mandate, rota, strain
from nightlight.accounts.models import Person
from nightlight.accounts.rota import Place
from nightlight.casebook import post
from nightlight.casebook.words import ReportKind
from nightlight.intake.verbs import receive
from nightlight.server import config
from nightlight.triage import alarm_clock, alarms
from nightlight.triage.alarm_models import Alarm, AlarmMail
from nightlight.work import clock
from nightlight.work.models import Work

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]
Until = Callable[..., int]
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TEXT = "The boy with the red kite"
URL = "http://pixelbarn.test/a/k3v9"


@pytest.fixture
def sent(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[post.Letter]:
    """What a mail server got that takes everything."""
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=config.MailServer("127.0.0.1", 25, "", "", False))
    letters: list[post.Letter] = []

    def deliver(server: object, letter: post.Letter, before_dot: Callable[[], bool]) -> bool:
        if before_dot():
            letters.append(letter)
            return True
        return False

    monkeypatch.setattr(post, "deliver", deliver)
    return letters


@pytest.fixture
def duty(home: None, someone: Someone) -> tuple[Person, Person, Person]:
    """The first and the second person of every hour, and a manager who set ten minutes."""
    first = someone("analyst", email="first@hotline.test")
    second = someone("analyst", email="second@hotline.test")
    manager = someone("manager", email="manager@hotline.test")
    for person, place in ((first, Place.FIRST), (second, Place.SECOND)):
        rota.add(person, place, range(7), time(0), time(0), manager)
    rota.set_rule("UTC", 10, "+44 20 7946 0000", "The unit", manager)
    return first, second, manager


def danger() -> None:
    receive(ReportKind.MATERIAL, urls=[URL], text=TEXT, happening_now=True)


def told(letters: list[post.Letter]) -> list[str]:
    """Who was told, by the first part of their address."""
    return [letter.recipient.partition("@")[0] for letter in letters]


def test_the_person_on_duty_is_told_at_once(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until
) -> None:
    danger()

    work_until()

    assert told(sent) == ["first"]


def test_the_second_person_is_told_when_the_minutes_are_over(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until
) -> None:
    danger()

    work_until(MONDAY + timedelta(minutes=9))
    before = told(sent)
    work_until(MONDAY + timedelta(minutes=10))

    assert (before, told(sent)) == (["first"], ["first", "second"])


def test_then_everybody_is_told(duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until) -> None:
    danger()

    work_until(MONDAY + timedelta(minutes=20))

    assert sorted(told(sent)) == ["first", "first", "manager", "second", "second"]


def test_nobody_else_is_told_once_somebody_took_it(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until
) -> None:
    danger()
    work_until()

    alarms.take(Alarm.objects.get().pk, duty[0])
    work_until(MONDAY + timedelta(minutes=50))

    assert told(sent) == ["first"]
    assert not Work.objects.filter(task=alarm_clock.ESCALATE).exists()


def test_when_nobody_is_on_duty_everybody_is_told_at_once(
    home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    rota.set_rule("UTC", 10, "110", "", someone("manager", email="manager@hotline.test"))
    someone("analyst", email="analyst@hotline.test")
    someone("administrator", email="admin@hotline.test")
    danger()

    work_until()

    assert sorted(told(sent)) == ["analyst", "manager"]


def test_the_mail_says_that_an_alarm_waits_and_nothing_of_the_report(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until
) -> None:
    danger()

    work_until()

    raw = sent[0].raw.decode()
    assert f"/desk/alarms/{Alarm.objects.get().pk}/" in raw
    assert f"<alarm.{AlarmMail.objects.get().pk}@" in raw
    assert not any(word in raw for word in ("pixelbarn", "kite", "danger"))


def test_a_mail_that_may_have_arrived_is_not_sent_again(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(server: object, letter: post.Letter, before_dot: Callable[[], bool]) -> bool:
        before_dot()
        sent.append(letter)
        raise KeyError  # the process dies after the dot

    monkeypatch.setattr(post, "deliver", breaks)
    danger()
    work_until()
    Work.objects.filter(task="triage.alarm_mail").update(not_before=None)

    work_until()

    assert told(sent) == ["first"]
    assert AlarmMail.objects.get().state == "in_doubt"


def test_no_mail_leaves_before_a_manager_set_the_urgent_path(
    home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    someone("analyst")
    danger()

    work_until()

    assert sent == []
    assert [mail.why_not for mail in AlarmMail.objects.all()] == ["not_set"]


def test_it_leaves_by_itself_once_the_urgent_path_is_set(
    home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    manager = someone("manager")
    danger()
    work_until()

    rota.set_rule("UTC", 10, "110", "", manager)
    alarm_mail_again()
    work_until()

    assert [letter.recipient for letter in sent] == [manager.email]


def alarm_mail_again() -> None:
    from nightlight.triage.alarm_mail import send_again

    send_again()


def test_a_closed_home_tells_its_own_people_of_danger_before_there_is_a_mandate(
    real_home: None, someone: Someone, sent: list[post.Letter], work_until: Until
) -> None:
    manager = someone("manager")
    rota.set_rule("UTC", 10, "110", "", manager)
    danger()

    work_until()

    assert [letter.recipient for letter in sent] == [manager.email]


def test_the_hourly_check_finds_what_nobody_attends_to(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until
) -> None:
    danger()
    work_until(MONDAY + timedelta(minutes=59))
    before = alarm_clock.check()
    clock.run(MONDAY + timedelta(minutes=60), None)

    found = alarm_clock.check()

    assert (before, found) == (0, 1)
    assert Alarm.objects.get().unattended_at == MONDAY + timedelta(minutes=60)


def test_it_finds_an_alarm_that_was_taken_and_left_lying_and_another_may_take_it(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until
) -> None:
    danger()
    work_until()
    alarm = alarms.take(Alarm.objects.get().pk, duty[0])
    sent.clear()
    clock.run(MONDAY + timedelta(minutes=61), None)

    alarm_clock.check()
    work_until()
    alarms.take(alarm.pk, duty[1])

    assert sorted(told(sent)) == ["first", "manager"]
    assert Alarm.objects.get().held_by == duty[1]


def test_the_check_says_it_once_an_hour(
    duty: tuple[Person, ...], sent: list[post.Letter], work_until: Until
) -> None:
    danger()
    work_until()
    clock.run(MONDAY + timedelta(minutes=61), None)

    counts = [alarm_clock.check(), alarm_clock.check()]

    assert counts == [1, 0]


def had_enough(monkeypatch: pytest.MonkeyPatch, *people: Person) -> None:
    enough = {person.pk for person in people}
    monkeypatch.setattr(strain, "_strained", [lambda asked: {each.pk for each in asked} & enough])


def test_whoever_had_enough_today_is_not_told_while_another_is_on_duty(
    duty: tuple[Person, Person, Person],
    sent: list[post.Letter],
    work_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, _second, _manager = duty
    had_enough(monkeypatch, first)

    danger()
    work_until()

    assert told(sent) == ["second"]


def test_where_all_on_duty_had_enough_those_who_answer_for_the_house_are_told_and_the_page_says_so(
    duty: tuple[Person, Person, Person],
    someone: Someone,
    sent: list[post.Letter],
    work_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, manager = duty
    lead = someone("police_liaison", email="lead@hotline.test")
    someone("analyst", email="asleep@hotline.test")
    named(lead, manager)
    had_enough(monkeypatch, first, second)

    danger()
    work_until()

    page = desk(manager).get(f"/desk/alarms/{Alarm.objects.get().pk}/").content.decode()
    assert sorted(told(sent)) == ["lead", "manager"]
    assert b"nobody within the limits of care is left" in sent[0].raw
    assert "Nobody within the limits of care was left to be asked" in page


def test_where_nobody_answers_for_the_house_a_child_still_comes_first(
    home: None,
    someone: Someone,
    sent: list[post.Letter],
    work_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only, gone = someone("analyst", email="only@hotline.test"), someone("manager")
    rota.set_rule("UTC", 10, "110", "", gone)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    had_enough(monkeypatch, only)

    danger()
    work_until()

    assert told(sent) == ["only"]


def test_neither_the_last_step_nor_the_hourly_check_wakes_whoever_had_enough(
    duty: tuple[Person, Person, Person],
    sent: list[post.Letter],
    work_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, _manager = duty
    had_enough(monkeypatch, first)

    danger()
    work_until(MONDAY + timedelta(minutes=61))
    alarm_clock.check()
    alarms.take(Alarm.objects.get().pk, first)
    clock.run(MONDAY + timedelta(minutes=130), None)
    alarm_clock.check()
    work_until()

    assert "first" not in told(sent)
    assert {"second", "manager"} <= set(told(sent))
    assert second.email in [letter.recipient for letter in sent]


def test_a_colleague_who_had_enough_is_not_asked_to_take_over(
    duty: tuple[Person, Person, Person],
    sent: list[post.Letter],
    work_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, manager = duty
    danger()
    work_until()
    alarm = alarms.take(Alarm.objects.get().pk, first)
    had_enough(monkeypatch, second)

    form = desk(first).get(f"/desk/alarms/{alarm.pk}/").context["offer"]
    with pytest.raises(alarms.Incomplete, match="can't be asked now"):
        alarms.offer(alarm.pk, first, second)
    alarms.offer(alarm.pk, first, manager)

    assert [key for key, _name in form.fields["to"].choices] == [str(manager.pk)]
    assert Alarm.objects.get().offered_to == manager


def desk(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def named(lead: Person, by: Person) -> None:
    """A mandate that names this person as safeguarding lead, and opens nothing."""
    words = dict.fromkeys(("law", "police_agreement", "jurisdictions", "data_protection"), "")
    mandate.record(by, **words, safeguarding_lead=lead.email, signed_on=MONDAY.date(), switches=[])
