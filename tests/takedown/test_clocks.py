"""Reminders, escalation and the desk, by the hotline's clock, only for pages that are still up."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import answers, verbs, watch
from nightlight.takedown.models import Answer, Check, Notice
from nightlight.work import clock
from tests.takedown.conftest import ABUSE, Confirmed, Mail, look

WorkUntil = Callable[..., int]
Step = Notice.Step


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests say themselves what a look saw."""
    monkeypatch.setattr(watch, "schedule", lambda case: None)
    monkeypatch.setattr(watch, "look_now", lambda case: None)


def told(
    confirmed: Confirmed, work_until: WorkUntil, url: str = "http://album.test/a/7"
) -> tuple[Case, Notice]:
    """A Case that was told now and that nobody answered."""
    case = confirmed(url, danger_now=True)
    trace = case.traces.get()
    contacts = [(ABUSE, "network"), ("up@other.example", "upstream"), ("reg@other.example", "registrar")]
    trace.contacts = json.dumps([{"email": email, "scope": scope} for email, scope in contacts])
    trace.save()
    notice = verbs.queue_notice(case.pk)
    assert notice
    work_until()
    return case, notice


def sent(mail: Mail) -> list[tuple[str, str]]:
    return [(m.mailbox, str(m.parsed["X-Notice-Kind"])) for m in mail.deliveries()]


def hours(count: float) -> datetime:
    return clock.now() + timedelta(hours=count)


def test_a_page_that_stays_up_is_reminded_of_twice_escalated_and_then_the_desks(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    case, _ = told(confirmed, work_until)

    work_until(hours(7 * 24))

    case.refresh_from_db()
    assert sent(mail) == [
        (ABUSE, "notice"),
        (ABUSE, "reminder"),
        (ABUSE, "reminder_2"),
        ("up@other.example", "escalation"),
    ]
    assert (case.state, case.waiting_for) == (State.WAITING, "still_up")


def test_the_reminder_comes_after_a_day_and_not_before(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    told(confirmed, work_until)
    work_until(hours(23.9))
    early = sent(mail)

    work_until(hours(0.2))

    assert (len(early), sent(mail)[1:]) == (1, [(ABUSE, "reminder")])


def test_each_step_is_a_mail_of_its_own_in_the_same_thread(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    _, notice = told(confirmed, work_until)

    work_until(hours(25))

    first, reminder = mail.deliveries()
    notice.refresh_from_db()
    assert first.notice.message_id != reminder.notice.message_id
    assert reminder.parsed["In-Reply-To"] == notice.message_id


@pytest.mark.parametrize("state", [Check.State.GONE, Check.State.CHANGED, Check.State.CANNOT_TELL])
def test_nobody_is_reminded_of_a_page_the_latest_look_did_not_see(
    state: Check.State, mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    case, _ = told(confirmed, work_until)
    look(case, state)

    work_until(hours(7 * 24))

    assert len(mail.deliveries()) == 1


def test_only_the_pages_that_are_up_are_in_the_reminder(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    up, gone = confirmed("http://album.test/1"), confirmed("http://album.test/2")
    verbs.queue_notice(up.pk), verbs.queue_notice(gone.pk)
    work_until(hours(0.2))
    look(gone, Check.State.GONE)

    work_until(hours(24))

    notice, reminder = mail.deliveries()
    assert len(notice.notice.urls) == 2
    assert reminder.notice.urls == ("http://album.test/1",)


def test_an_answer_stops_the_clocks(mail: Mail, confirmed: Confirmed, work_until: WorkUntil) -> None:
    _, notice = told(confirmed, work_until)

    answers.answer(notice.pk, Answer.What.REMOVED)
    work_until(hours(30))

    assert len(mail.deliveries()) == 1


def test_whoever_said_removed_is_reminded_when_a_later_look_still_sees_the_page(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    case, notice = told(confirmed, work_until)
    answers.answer(notice.pk, Answer.What.REMOVED)
    work_until(hours(2))
    look(case)

    work_until(hours(23))

    assert sent(mail) == [(ABUSE, "notice"), (ABUSE, "reminder")]


def test_an_answer_on_the_reminders_page_stops_the_clocks_too(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    _, notice = told(confirmed, work_until)
    work_until(hours(25))
    reminder = Notice.objects.get(step=Step.REMINDER)

    answers.answer(reminder.pk, Answer.What.REMOVED)
    work_until(hours(30))

    notice.refresh_from_db()
    assert (notice.state, len(mail.deliveries())) == (Notice.State.ANSWERED, 2)


def test_a_page_that_went_between_the_reminder_and_its_departure_is_not_reminded_of(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil, settings: Any
) -> None:
    from dataclasses import replace

    from nightlight.takedown import send

    case, _ = told(confirmed, work_until)
    server = settings.NIGHTLIGHT.mail
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=None)
    work_until(hours(25))
    look(case, Check.State.GONE)
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=server)

    send.unblock()
    work_until()

    assert (len(mail.deliveries()), Notice.objects.get(step=Step.REMINDER).state) == (1, Notice.State.CLOSED)


def test_a_hotline_abroad_is_not_chased_but_the_desk_looks_after_a_week(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    from nightlight.takedown.models import Route

    Route.objects.create(
        country="DE", first=Route.First.PARTNER, contact="desk@partner.example", at=clock.now()
    )
    case = confirmed(danger_now=True)
    verbs.queue_notice(case.pk)

    work_until(hours(8 * 24))

    case.refresh_from_db()
    assert (len(mail.deliveries()), case.state, case.waiting_for) == (1, State.WAITING, "still_up")


def test_the_case_says_when_its_next_deadline_comes(
    mail: Mail, confirmed: Confirmed, work_until: WorkUntil
) -> None:
    case, notice = told(confirmed, work_until)
    notice.refresh_from_db()
    case.refresh_from_db()
    first = case.clock_at

    work_until(hours(25))

    case.refresh_from_db()
    assert notice.sent_at
    assert first == notice.sent_at + timedelta(hours=24)
    assert case.clock_at == notice.sent_at + timedelta(hours=48)
