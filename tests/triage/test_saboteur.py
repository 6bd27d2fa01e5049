"""Without the guards of the urgent path its tests turn red."""

from collections.abc import Callable

import pytest

from nightlight.accounts import rota, strain
from nightlight.accounts.models import Person
from nightlight.assess import told
from nightlight.casebook import once, post
from nightlight.triage import alarm_clock, alarm_sight, alarms, drills, rank
from nightlight.triage.alarm_models import Alarm
from tests.saboteur import turns_red
from tests.triage import test_alarm_blind, test_alarm_clock, test_alarms, test_drills
from tests.triage.test_alarm_blind import people as people
from tests.triage.test_alarm_clock import duty as duty
from tests.triage.test_alarm_clock import sent as sent

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]
Until = Callable[..., int]
People = tuple[Person, Person, Person]


def test_without_the_alarm_a_child_in_danger_waits_like_all_others(
    home: None, work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "raise_for", lambda report, cases, beside: None)

    turns_red(
        test_alarms.test_what_can_t_wait_raises_an_alarm,
        None,
        work_until,
        test_alarms.K.MATERIAL,
        True,
        Alarm.Reason.DANGER_NOW,
    )


def test_without_the_call_an_alarm_could_be_closed(
    home: None, work_until: Until, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        alarms, "close", lambda alarm, by: alarms._close(Alarm.objects.get(), by, alarms.Ending.POLICE_TOLD)
    )

    turns_red(
        test_alarms.test_it_does_not_close_before_the_call_to_the_police_is_recorded,
        None,
        work_until,
        someone,
    )


def test_without_its_clock_an_alarm_waits_for_one_person_for_ever(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_clock, "_wind", lambda alarm: None)

    turns_red(
        test_alarm_clock.test_the_second_person_is_told_when_the_minutes_are_over, duty, sent, work_until
    )


def test_without_the_last_safe_moment_a_mail_could_leave_twice(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "commit", lambda mine: True)

    turns_red(
        test_alarm_clock.test_a_mail_that_may_have_arrived_is_not_sent_again,
        duty,
        sent,
        work_until,
        monkeypatch,
    )


def test_without_the_hourly_check_an_alarm_could_lie(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_clock, "check", lambda: 0)

    turns_red(test_alarm_clock.test_the_hourly_check_finds_what_nobody_attends_to, duty, sent, work_until)


def test_without_its_mark_the_mail_of_a_drill_frightens(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = drills.begin

    def unmarked(by: Person) -> Alarm:
        drill = plain(by)
        Alarm.objects.update(drill=False)
        return drill

    monkeypatch.setattr(drills, "begin", unmarked)

    turns_red(
        test_drills.test_its_mail_and_its_entries_say_that_it_is_a_drill,
        duty,
        sent,
        work_until,
        by=(KeyError,),
    )


def test_without_asking_who_may_take_alarms_the_public_is_promised_somebody_who_can_t(
    home: None, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.accounts import test_rota

    monkeypatch.setattr(rota, "_may", lambda person: True)
    manager = someone("manager")
    rota.add(
        someone("analyst", email="ana@hotline.test"),
        rota.Place.FIRST,
        test_rota.WORKDAYS,
        test_rota.NINE,
        test_rota.FIVE,
        manager,
    )

    turns_red(test_rota.test_whoever_was_switched_off_or_may_take_no_alarm_is_not_promised, manager)


def test_a_rota_that_wakes_whoever_had_enough_is_noticed(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strain, "rested", list)

    turns_red(
        test_alarm_clock.test_whoever_had_enough_today_is_not_told_while_another_is_on_duty,
        duty,
        sent,
        work_until,
        monkeypatch,
    )


def test_a_last_step_that_wakes_whoever_had_enough_is_noticed(
    duty: People, sent: list[post.Letter], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strain, "rested", list)

    turns_red(
        test_alarm_clock.test_neither_the_last_step_nor_the_hourly_check_wakes_whoever_had_enough,
        duty,
        sent,
        work_until,
        monkeypatch,
    )


def test_an_alarm_that_tells_the_second_person_of_the_first_look_is_noticed(
    people: list[Person], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_sight, "is_held_back", lambda alarm, reader: False)

    turns_red(
        test_alarm_blind.test_what_the_first_look_named_tells_the_second_person_nothing, people, work_until
    )


def test_whoever_was_told_and_looks_all_the_same_is_noticed(
    people: list[Person], work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "knows", lambda person, look: False)

    turns_red(test_alarm_blind.test_whoever_takes_it_is_told_and_another_person_looks, people, work_until)


def test_a_live_stream_judged_by_its_kind_alone_is_noticed(
    home: None, work_until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "is_live", lambda report: report.kind == "live_stream")

    turns_red(
        test_alarms.test_a_live_stream_by_its_channel_is_one_whatever_its_kind,
        None,
        work_until,
        test_alarms.Channel.LIVE_VIDEO_CALL,
    )
