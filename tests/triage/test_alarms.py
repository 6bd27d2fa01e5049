"""Alarms: what raises one, that a case has one at a time, and how it is taken, handed on and closed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook.models import Case
from nightlight.casebook.words import Channel, ReportKind
from nightlight.intake.verbs import receive
from nightlight.triage import alarms, rank
from nightlight.triage.alarm_models import Alarm, PoliceCall
from nightlight.triage.rank import RANKS
from nightlight.work import clock

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]
Work = Callable[..., int]
K, R = ReportKind, Alarm.Reason
URL = "http://pixelbarn.test/a/k3v9"


def raised(work_until: Work, kind: ReportKind = K.MATERIAL, *, now: bool = True, url: str = URL) -> Alarm:
    """The alarm of one urgent report."""
    receive(kind, urls=[url], happening_now=now)
    work_until()
    return Alarm.objects.exclude(state=Alarm.State.CLOSED).get()


def called(alarm: Alarm, by: Person) -> PoliceCall:
    return alarms.record_call(alarm.pk, by, clock.now(), "2026-17", "Sergeant Lund")


@pytest.mark.parametrize(
    ("kind", "now", "reason"),
    [
        (K.MATERIAL, True, R.DANGER_NOW),
        (K.GROOMING, True, R.DANGER_NOW),
        (K.LIVE_STREAM, False, R.LIVE_STREAM),
        (K.GROOMING, False, R.CONTACT),
        (K.SEXUAL_EXTORTION, False, R.CONTACT),
        (K.OWN_IMAGE, False, R.PERSON),
    ],
)
def test_what_can_t_wait_raises_an_alarm(
    home: None, work_until: Work, kind: ReportKind, now: bool, reason: Alarm.Reason
) -> None:
    receive(kind, text="A grey square.", happening_now=now)

    work_until()

    assert [(alarm.reason, alarm.state) for alarm in Alarm.objects.all()] == [(reason, "waiting")]


@pytest.mark.parametrize("channel", [Channel.LIVE_STREAM, Channel.LIVE_VIDEO_CALL])
def test_a_live_stream_by_its_channel_is_one_whatever_its_kind(
    home: None, work_until: Work, channel: Channel
) -> None:
    receive(K.MATERIAL, urls=[URL], channel=channel)

    work_until()

    assert [alarm.reason for alarm in Alarm.objects.all()] == [R.LIVE_STREAM]
    assert Case.objects.get().priority == RANKS[rank.Reason.LIVE_STREAM]


@pytest.mark.parametrize("kind", [K.MATERIAL, K.OTHER])
def test_what_can_wait_raises_none(home: None, work_until: Work, kind: ReportKind) -> None:
    receive(kind, urls=[URL])

    work_until()

    assert not Alarm.objects.exists()


def test_a_known_page_reported_as_danger_now_raises_one_too(home: None, work_until: Work) -> None:
    receive(K.MATERIAL, urls=[URL])
    work_until()

    alarm = raised(work_until)

    assert alarm.case == Case.objects.get()


def test_a_case_has_one_alarm_while_it_is_open_and_the_worse_reason_holds(
    home: None, work_until: Work
) -> None:
    raised(work_until, K.GROOMING, now=False)

    again = raised(work_until)

    assert (again.again, again.reason) == (1, R.DANGER_NOW)


def test_one_report_about_many_pages_raises_one_alarm(home: None, work_until: Work) -> None:
    receive(K.MATERIAL, urls=[f"http://pixelbarn.test/a/{n}" for n in range(5)], happening_now=True)

    work_until()

    assert [alarm.cases for alarm in Alarm.objects.all()] == [5]


def test_a_report_after_it_was_closed_raises_another(home: None, work_until: Work, someone: Someone) -> None:
    first, mira = raised(work_until), someone("analyst")
    alarms.take(first.pk, mira)
    called(first, mira)
    alarms.close(first.pk, mira)

    second = raised(work_until)

    assert second != first


def test_a_suspected_account_tied_to_a_case_puts_it_behind_danger_only_and_raises_an_alarm(
    home: None, work_until: Work, someone: Someone
) -> None:
    from nightlight.assess import verbs
    from nightlight.assess.decision import Account

    receive(K.MATERIAL, urls=[URL])
    work_until()

    verbs.attach(Case.objects.get().pk, someone("analyst"), accounts=[Account("tide_14", "Harbour Social")])
    work_until()

    assert [alarm.reason for alarm in Alarm.objects.all()] == [R.PERSON]
    assert Case.objects.get().priority == RANKS[rank.Reason.PERSON_NAMED] == RANKS[rank.Reason.DANGER_NOW] + 1


def test_only_one_person_takes_it(home: None, work_until: Work, someone: Someone) -> None:
    alarm, mira, jonas = raised(work_until), someone("analyst"), someone("analyst")
    alarms.take(alarm.pk, mira)

    with pytest.raises(alarms.NotNow, match=mira.email):
        alarms.take(alarm.pk, jonas)

    assert Alarm.objects.get().held_by == mira


def test_whoever_may_not_take_alarms_takes_none(home: None, work_until: Work, someone: Someone) -> None:
    alarm = raised(work_until)

    with pytest.raises(alarms.NotAllowed):
        alarms.take(alarm.pk, someone("police_liaison"))


def test_it_does_not_close_before_the_call_to_the_police_is_recorded(
    home: None, work_until: Work, someone: Someone
) -> None:
    alarm, mira = raised(work_until), someone("analyst")
    alarms.take(alarm.pk, mira)

    with pytest.raises(alarms.NotNow, match="first record the call"):
        alarms.close(alarm.pk, mira)

    called(alarm, mira)
    assert alarms.close(alarm.pk, mira).ending == "police_told"


@pytest.mark.parametrize("missing", ["incident_number", "answered_by"])
def test_a_call_needs_its_number_and_the_name_of_who_answered(
    home: None, work_until: Work, someone: Someone, missing: str
) -> None:
    alarm, mira = raised(work_until), someone("analyst")
    alarms.take(alarm.pk, mira)
    said = {"incident_number": "2026-17", "answered_by": "Sergeant Lund", missing: "  "}

    with pytest.raises(alarms.Incomplete) as wrong:
        alarms.record_call(alarm.pk, mira, clock.now(), **said)

    assert wrong.value.field == missing


def test_a_call_is_not_from_the_future(home: None, work_until: Work, someone: Someone) -> None:
    alarm, mira = raised(work_until), someone("analyst")
    alarms.take(alarm.pk, mira)

    with pytest.raises(alarms.Incomplete):
        alarms.record_call(alarm.pk, mira, clock.now() + timedelta(minutes=1), "2026-17", "Sergeant Lund")


def test_without_a_call_only_a_senior_or_manager_closes_it_with_the_reason(
    home: None, work_until: Work, someone: Someone
) -> None:
    alarm, mira, sofia = raised(work_until), someone("analyst"), someone("senior_analyst")

    with pytest.raises(alarms.NotAllowed):
        alarms.close_without_call(alarm.pk, mira, "A drawing of a boat.")
    with pytest.raises(alarms.Incomplete):
        alarms.close_without_call(alarm.pk, sofia, " ")
    closed = alarms.close_without_call(alarm.pk, sofia, "A drawing of a boat.")

    assert (closed.ending, Alarm.objects.get().why) == ("no_call", "A drawing of a boat.")


def test_it_stays_with_whoever_has_it_until_the_colleague_takes_it(
    home: None, work_until: Work, someone: Someone
) -> None:
    alarm, mira, jonas = raised(work_until), someone("analyst"), someone("analyst")
    alarms.take(alarm.pk, mira)

    alarms.offer(alarm.pk, mira, jonas)
    before = Alarm.objects.get().held_by
    alarms.take(alarm.pk, jonas)

    assert (before, Alarm.objects.get().held_by) == (mira, jonas)


def test_each_act_is_an_entry_of_the_log_and_none_holds_what_was_said(
    home: None, work_until: Work, someone: Someone
) -> None:
    alarm, mira = raised(work_until), someone("analyst")
    alarms.take(alarm.pk, mira)
    called(alarm, mira)
    alarms.close(alarm.pk, mira)

    entries = Entry.objects.filter(verb__endswith="alarm") | Entry.objects.filter(verb="triage.record_call")

    assert [entry.verb for entry in entries.order_by("pk")] == [
        "triage.raise_alarm",
        "triage.take_alarm",
        "triage.record_call",
        "triage.close_alarm",
    ]
    assert not any("Lund" in str(entry.facts) or "2026-17" in str(entry.facts) for entry in entries)
