"""Pages joining notices, and everything that keeps a notice from leaving or takes a page out of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from nightlight.accounts.models import Mandate
from nightlight.casebook import events, states
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.takedown import desk, gates, queue, verbs
from nightlight.takedown.models import Notice, NoticeCase, Route
from nightlight.takedown.verbs import NotNow
from nightlight.work import clock
from tests.takedown.conftest import ABUSE, Confirmed, Mail, look
from tests.takedown.small_web import case_about, traced


def hold(case: Case, by: Any, hours: int = 24) -> Hold:
    """A police hold as referral places it."""
    with transaction.atomic():
        placed = Hold.objects.create(
            case=case, until=clock.now() + timedelta(hours=hours), reference="r", by=by, at=clock.now()
        )
        states.move(case, State.ON_HOLD)
        events.hold_placed.send(sender=Hold, case=case, hold=placed)
    return placed


def lift(placed: Hold, to: State = State.CONFIRMED) -> None:
    with transaction.atomic():
        Hold.objects.filter(pk=placed.pk).update(lifted_at=clock.now())
        case = Case.objects.get(pk=placed.case_id)
        states.move(case, to)
        events.hold_lifted.send(sender=Hold, case=case, hold=placed)


def correct(case: Case) -> None:
    """What assess does when a decision is corrected."""
    with transaction.atomic():
        states.move(case, State.DISMISSED)
        events.case_corrected.send(sender=Case, case=case, assessment=None)


def test_pages_of_one_host_leave_in_one_mail_ten_minutes_after_the_first(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    first, second = confirmed("http://album.test/1"), confirmed("http://album.test/2")
    verbs.queue_notice(first.pk)
    work_until(clock.now() + timedelta(minutes=9))
    verbs.queue_notice(second.pk)
    before = len(mail.deliveries())

    work_until(clock.now() + timedelta(minutes=1))

    (message,) = mail.deliveries(ABUSE)
    assert before == 0
    assert message.notice.urls == ("http://album.test/1", "http://album.test/2")
    assert set(Case.objects.values_list("state", flat=True)) == {State.NOTICED}


def test_a_page_that_comes_after_the_mail_left_gets_a_mail_of_its_own(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    first, second = confirmed("http://album.test/1"), confirmed("http://album.test/2")
    verbs.queue_notice(first.pk)
    work_until(clock.now() + timedelta(minutes=10))

    verbs.queue_notice(second.pk)
    work_until(clock.now() + timedelta(minutes=10))

    assert [message.notice.urls for message in mail.deliveries()] == [
        ("http://album.test/1",),
        ("http://album.test/2",),
    ]


def test_a_child_in_danger_lets_the_whole_notice_leave_at_once(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    slow, urgent = confirmed("http://album.test/1"), confirmed("http://album.test/2", danger_now=True)
    verbs.queue_notice(slow.pk)

    verbs.queue_notice(urgent.pk)
    work_until()

    (message,) = mail.deliveries()
    assert len(message.notice.urls) == 2


def test_the_database_itself_refuses_to_tell_twice(confirmed: Confirmed) -> None:
    case = confirmed()
    notice = verbs.queue_notice(case.pk)
    assert notice
    page = notice.pages.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeCase.objects.create(
            notice=notice,
            case=case,
            episode=case.episode,
            recipient_index=page.recipient_index,
            step=page.step,
        )


def test_without_a_mandate_the_notice_is_kept_and_says_so(
    real_home: None, mail: Mail, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    case = case_about("http://album.test/1", danger_now=True)
    traced(case)
    look(case)
    notice = verbs.queue_notice(case.pk)
    assert notice
    work_until()
    notice.refresh_from_db()
    kept = (notice.state, notice.why_not, len(mail.deliveries()), gates.blocked())

    Mandate.objects.create(
        law="l",
        police_agreement="p",
        jurisdictions="DE",
        data_protection="d",
        safeguarding_lead="s",
        signed_on="2026-01-01",
        notify=True,
        by=someone("manager"),
        at=clock.now(),
    )
    from nightlight.takedown import send

    send.unblock()
    work_until()

    notice.refresh_from_db()
    assert kept == (Notice.State.QUEUED, "closed_no_mandate", 0, {"closed_no_mandate": 1})
    assert (notice.state, notice.why_not, len(mail.deliveries())) == (Notice.State.SENT, "", 1)


def test_without_a_mail_server_the_notice_stays_and_says_so(
    confirmed: Confirmed, settings: Any, work_until: Callable[..., int]
) -> None:
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=None)
    notice = verbs.queue_notice(confirmed().pk)
    assert notice

    work_until(clock.now() + timedelta(hours=1))

    notice.refresh_from_db()
    assert (notice.state, notice.why_not) == (Notice.State.QUEUED, "no_mail_server")


def test_a_rehearsal_mails_only_this_machine(
    mail: Mail, confirmed: Confirmed, settings: Any, work_until: Callable[..., int]
) -> None:
    elsewhere = replace(settings.NIGHTLIGHT.mail, host="192.0.2.25")
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, mail=elsewhere)
    notice = verbs.queue_notice(confirmed(danger_now=True).pk)
    assert notice

    work_until()

    notice.refresh_from_db()
    assert (notice.state, notice.why_not) == (Notice.State.QUEUED, "not_loopback")


def test_nothing_leaves_while_police_hold_the_case_and_it_leaves_after(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    case = confirmed()
    verbs.queue_notice(case.pk)
    placed = hold(case, someone("police_liaison"))
    work_until(clock.now() + timedelta(hours=2))
    during = len(mail.deliveries())

    lift(placed)
    verbs.queue_notice(case.pk)
    work_until(clock.now() + timedelta(minutes=10))

    assert (during, len(mail.deliveries())) == (0, 1)


def test_a_hold_placed_between_packing_and_the_dot_stops_the_mail(
    mail: Mail,
    confirmed: Confirmed,
    work_until: Callable[..., int],
    someone: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from nightlight.takedown import packing

    case = confirmed(danger_now=True)
    verbs.queue_notice(case.pk)
    plain, by = packing.commit, someone("police_liaison")

    def hold_first(packed: Any) -> bool:
        if not Hold.objects.exists():
            hold(case, by)
        return plain(packed)

    monkeypatch.setattr(packing, "commit", hold_first)

    work_until()

    assert len(mail.deliveries()) == 0


def test_one_held_page_does_not_keep_the_others(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    held, free = confirmed("http://album.test/1"), confirmed("http://album.test/2")
    verbs.queue_notice(held.pk), verbs.queue_notice(free.pk)
    hold(held, someone("police_liaison"))

    work_until(clock.now() + timedelta(minutes=10))

    (message,) = mail.deliveries()
    assert message.notice.urls == ("http://album.test/2",)


def test_a_correction_before_the_mail_left_sends_nothing_at_all(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    case = confirmed()
    notice = verbs.queue_notice(case.pk)
    assert notice

    correct(case)
    work_until(clock.now() + timedelta(hours=1))

    notice.refresh_from_db()
    assert (notice.state, notice.why_not, len(mail.deliveries())) == (Notice.State.CLOSED, "corrected", 0)


def test_a_correction_after_the_mail_left_is_told_once_to_whoever_was_told(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    case = confirmed(danger_now=True)
    verbs.queue_notice(case.pk)
    work_until()

    correct(case)
    work_until()
    verbs.retract(case.pk)
    work_until()

    notice, retraction = mail.deliveries(ABUSE)
    assert retraction.notice.withdrawn and not notice.notice.withdrawn
    assert retraction.notice.urls == ("http://album.test/a/7",)
    assert retraction.parsed["In-Reply-To"] == notice.notice.message_id


def test_a_case_confirmed_anew_after_a_retraction_is_told_again(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    case = confirmed(danger_now=True)
    verbs.queue_notice(case.pk)
    work_until()
    correct(case)
    work_until()
    states.move(case, State.OPEN), states.move(case, State.CONFIRMED)

    again = verbs.queue_notice(case.pk)
    work_until()

    assert again and again.step == Notice.Step.AGAIN
    assert [message.notice.withdrawn for message in mail.deliveries()] == [False, True, False]


def test_a_notice_that_needs_approval_waits_for_whose_it_is(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    Route.objects.create(country="DE", first=Route.First.HOST, approves="manager", at=clock.now())
    notice = verbs.queue_notice(confirmed(danger_now=True).pk)
    assert notice
    work_until()
    waited = len(mail.deliveries())
    with pytest.raises(NotNow):
        desk.approve(notice.pk, someone("analyst"))

    desk.approve(notice.pk, someone("manager"))
    work_until()

    assert (notice.why_not, waited, len(mail.deliveries())) == ("not_approved", 0, 1)


def test_a_partner_hotline_is_written_to_and_the_case_handed_over(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    case = confirmed(danger_now=True)
    case.traces.update(country="CA")
    Route.objects.create(
        country="CA", first=Route.First.PARTNER, contact="desk@partner.example", at=clock.now()
    )
    heard: list[Case] = []
    listener = lambda case, **more: heard.append(case)  # noqa: E731
    events.case_handed_over.connect(listener)

    verbs.queue_notice(case.pk)
    work_until()

    case.refresh_from_db()
    assert (case.state, len(mail.deliveries("desk@partner.example"))) == (State.HANDED_OVER, 1)
    assert heard == [case]


def test_a_bounced_notice_leaves_again_when_the_desk_says_so(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    case = confirmed(danger_now=True)
    notice = verbs.queue_notice(case.pk)
    assert notice
    with transaction.atomic():
        from nightlight.takedown import send

        send.record_refused(notice.pk)

    desk.send_again(case.pk, someone("analyst"))
    work_until()

    notice.refresh_from_db()
    case.refresh_from_db()
    assert (notice.state, case.state, len(mail.deliveries())) == (Notice.State.SENT, State.NOTICED, 1)


def test_the_desk_can_write_once_more_and_no_third_time(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    case = confirmed(danger_now=True)
    verbs.queue_notice(case.pk)
    work_until()

    for _ in range(3):
        desk.send_again(case.pk, someone("analyst"))
        work_until()

    assert len(mail.deliveries()) == 2


def test_a_mail_in_doubt_is_not_sent_again_before_somebody_asked(
    confirmed: Confirmed, someone: Callable[..., Any]
) -> None:
    case = confirmed()
    notice = verbs.queue_notice(case.pk)
    assert notice
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.IN_DOUBT)

    with pytest.raises(NotNow):
        desk.send_again(case.pk, someone("analyst"))


def test_a_move_closes_the_notice_and_a_new_host_gets_its_own(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    case = confirmed(danger_now=True)
    first = verbs.queue_notice(case.pk)
    assert first
    work_until()

    verbs.close_notices(case, "moved")
    trace = traced(case)
    trace.contacts = '[{"email": "abuse@other.example", "scope": "network"}]'
    trace.save()
    verbs.queue_notice(case.pk)
    work_until()

    first.refresh_from_db()
    assert (first.state, first.why_not) == (Notice.State.CLOSED, "moved")
    assert [message.mailbox for message in mail.deliveries()] == [ABUSE, "abuse@other.example"]


def test_a_large_host_gets_several_mails_instead_of_an_endless_one(
    confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_PAGES", 2)

    for number in range(5):
        verbs.queue_notice(confirmed(f"http://album.test/{number}").pk)

    assert sorted(notice.pages.count() for notice in Notice.objects.all()) == [1, 2, 2]
