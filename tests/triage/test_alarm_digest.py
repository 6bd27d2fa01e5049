"""A flood of alarms doesn't bury the one mail that matters: the first few leave at once, the rest in one digest."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nightlight.accounts.models import Person
from nightlight.casebook import post
from nightlight.casebook.words import ReportKind
from nightlight.intake.verbs import receive
from nightlight.triage import alarm_digest, alarms, drills
from nightlight.triage.alarm_digest import FEW, GATHER
from nightlight.triage.alarm_models import Alarm, AlarmMail
from nightlight.work.models import Work
from tests.saboteur import turns_red
from tests.triage.test_alarm_clock import MONDAY, told
from tests.triage.test_alarm_clock import duty as duty
from tests.triage.test_alarm_clock import sent as sent

pytestmark = pytest.mark.django_db

Until = Callable[..., int]
People = tuple[Person, Person, Person]
MANY = FEW + 7
State = AlarmMail.State


def dangers(count: int, first: int = 0) -> None:
    """That many reports of different places where it is said to happen now."""
    for number in range(first, first + count):
        receive(ReportKind.MATERIAL, urls=[f"http://place{number}.example/"], happening_now=True)


def words(letter: post.Letter) -> str:
    return letter.raw.decode()


def test_the_first_few_alarms_are_told_at_once_and_the_rest_within_minutes_in_one_mail_that_counts_them(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    dangers(MANY)

    work_until()
    at_once = list(sent)
    work_until(MONDAY + GATHER)

    assert told(at_once) == ["first"] * FEW
    assert told(sent) == ["first"] * (FEW + 1)
    assert f"told one by one: {MANY - FEW}." in words(sent[-1])
    assert "Subject: Alarms wait" in words(sent[-1])
    assert "/desk/alarms/\r\n" in words(sent[-1])
    assert Alarm.objects.filter(state="waiting").count() == MANY
    assert set(AlarmMail.objects.values_list("state", flat=True)) == {State.SENT}


def test_another_kind_of_alarm_is_told_at_once_whatever_flood_there_is(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    for number in range(MANY):
        receive(ReportKind.GROOMING, urls=[f"http://chat{number}.example/"])
    work_until()
    sent.clear()

    dangers(1)
    work_until()

    assert told(sent) == ["first"]
    assert f"/desk/alarms/{Alarm.objects.get(reason='danger_now').pk}/" in words(sent[0])


def test_a_digest_leaves_out_what_somebody_took_and_tells_of_what_came_while_it_waited(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    dangers(MANY)
    work_until(MONDAY + GATHER / 2)
    for mail in AlarmMail.objects.filter(state=State.QUEUED)[:3]:
        alarms.take(mail.alarm_id, duty[1])
    dangers(2, first=MANY)

    work_until(MONDAY + GATHER)

    assert told(sent) == ["first"] * (FEW + 1)
    assert f"told one by one: {MANY - FEW - 3 + 2}." in words(sent[-1])


def test_the_next_digest_waits_no_longer_than_the_first(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    dangers(MANY)
    work_until(MONDAY + GATHER)
    dangers(4, first=MANY)

    work_until(MONDAY + 2 * GATHER)

    assert told(sent) == ["first"] * (FEW + 2)
    assert "told one by one: 4." in words(sent[-1])


def test_a_drill_and_the_request_of_a_colleague_leave_at_once_in_any_flood(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    dangers(MANY)
    work_until(MONDAY + GATHER)
    mine = alarms.take(Alarm.objects.earliest("pk").pk, duty[0])
    sent.clear()

    drills.begin(duty[2])
    alarms.offer(mine.pk, duty[0], duty[1])
    work_until()

    assert sorted(told(sent)) == ["first", "second"]


def test_a_digest_that_may_have_arrived_is_not_sent_again(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    dangers(MANY)
    work_until()

    def breaks(server: object, letter: post.Letter, before_dot: Callable[[], bool]) -> bool:
        before_dot()
        sent.append(letter)
        raise KeyError  # the process dies after the dot

    monkeypatch.setattr(post, "deliver", breaks)
    work_until(MONDAY + GATHER)
    Work.objects.filter(task="triage.alarm_mail").update(not_before=None)
    work_until(MONDAY + GATHER + timedelta(minutes=1))

    assert told(sent) == ["first"] * (FEW + 1)
    assert AlarmMail.objects.filter(state=State.IN_DOUBT).count() == MANY - FEW


def test_a_flood_of_mails_would_be_noticed(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_digest, "leaves", lambda row, now: now)

    turns_red(
        test_the_first_few_alarms_are_told_at_once_and_the_rest_within_minutes_in_one_mail_that_counts_them,
        duty,
        sent,
        work_until,
    )


def test_danger_that_is_told_to_nobody_would_be_noticed(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = alarm_digest.leaves

    def silent(row: AlarmMail, now: object) -> object:
        moment = plain(row, now)  # type: ignore[arg-type]
        return moment if moment == now else None

    monkeypatch.setattr(alarm_digest, "leaves", silent)

    turns_red(
        test_the_first_few_alarms_are_told_at_once_and_the_rest_within_minutes_in_one_mail_that_counts_them,
        duty,
        sent,
        work_until,
    )
