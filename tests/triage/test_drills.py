"""Drills: the same alarm as in earnest, marked as a drill everywhere, judged by its times."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook import post
from nightlight.triage import alarms, drills
from nightlight.triage.alarm_models import Alarm
from nightlight.work import clock
from tests.triage.test_alarm_clock import MONDAY
from tests.triage.test_alarm_clock import duty as duty
from tests.triage.test_alarm_clock import sent as sent

pytestmark = pytest.mark.django_db

People = tuple[Person, Person, Person]
Until = Callable[..., int]


def finish(drill: Alarm, by: Person) -> None:
    alarms.take(drill.pk, by)
    alarms.record_call(drill.pk, by, clock.now(), "drill", "drill")
    alarms.close(drill.pk, by)


def verdict(drill: Alarm) -> drills.Verdict:
    return drills.verdict(Alarm.objects.get(pk=drill.pk))


def test_a_drill_that_is_taken_called_and_closed_in_time_passes(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    first, _, manager = duty
    drill = drills.begin(manager)
    work_until(MONDAY + timedelta(minutes=4))

    finish(drill, first)

    assert verdict(drill) == drills.Verdict(240, 240, 240, ())
    assert drills.last_passed() == drill


def test_its_mail_and_its_entries_say_that_it_is_a_drill(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    drill = drills.begin(duty[2])
    work_until()

    finish(drill, duty[0])

    raw = sent[0].raw.decode()
    entries = Entry.objects.filter(verb__startswith="triage.", verb__contains="alarm")
    assert "Subject: DRILL: An alarm waits" in raw and "This is a drill" in raw
    assert entries.count() >= 3 and all(entry.facts["drill"] is True for entry in entries)


def test_one_that_the_second_person_took_has_not_passed(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    drill = drills.begin(duty[2])
    work_until(MONDAY + timedelta(minutes=10))

    finish(drill, duty[1])

    assert verdict(drill).faults == ("too_late",)


def test_whoever_began_it_does_not_pass_it_alone(
    duty: People, sent: list[post.Letter], work_until: Until
) -> None:
    drill = drills.begin(duty[2])
    work_until()

    finish(drill, duty[2])

    assert verdict(drill).faults == ("same_person",)


def test_without_a_mail_that_left_it_has_not_passed(duty: People, work_until: Until) -> None:
    drill = drills.begin(duty[2])
    work_until()

    finish(drill, duty[0])

    assert verdict(drill).faults == ("no_mail",)


def test_one_drill_at_a_time_and_only_a_manager_begins_it(duty: People) -> None:
    drills.begin(duty[2])

    with pytest.raises(alarms.NotNow):
        drills.begin(duty[2])
    with pytest.raises(alarms.NotAllowed):
        drills.begin(duty[0])


def test_a_drill_of_long_ago_counts_no_more(duty: People, sent: list[post.Letter], work_until: Until) -> None:
    drill = drills.begin(duty[2])
    work_until()
    finish(drill, duty[0])

    clock.run(MONDAY + drills.LATELY + timedelta(days=1), None)

    assert drills.last_passed() is None
