"""A notice leaves exactly once, whenever the process dies; the mail server that took it is the judge."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from nightlight.casebook import post
from nightlight.casebook.words import State
from nightlight.takedown import desk, packing, send, verbs
from nightlight.takedown.models import Notice
from nightlight.work import clock, due
from nightlight.work.models import Work
from nightlight.work.worker import Worker
from tests.takedown.conftest import ABUSE, Confirmed, Crash, Mail, dies

Patch = pytest.MonkeyPatch


def crash(*args: object, **more: object) -> None:
    raise Crash


def after(done: Callable[..., Any]) -> Callable[..., Any]:
    """The same act, and then the process dies."""

    def act(*args: Any, **more: Any) -> None:
        done(*args, **more)
        raise Crash

    return act


def before_packing(patch: Patch) -> None:
    patch.setattr(packing, "pack", crash)


def after_packing(patch: Patch) -> None:
    patch.setattr(packing, "pack", after(packing.pack))


def before_the_connection(patch: Patch) -> None:
    patch.setattr(post, "_connect", crash)


def before_the_data(patch: Patch) -> None:
    patch.setattr(smtplib.SMTP, "docmd", crash)


def within_the_data(patch: Patch) -> None:
    plain = smtplib.SMTP.send

    def half(self: smtplib.SMTP, data: Any) -> None:
        if len(data) < 500:
            plain(self, data)
            return
        plain(self, data[: len(data) // 2])
        raise Crash

    patch.setattr(smtplib.SMTP, "send", half)


def before_sending_is_committed(patch: Patch) -> None:
    patch.setattr(packing, "commit", crash)


SAFE = [
    before_packing,
    after_packing,
    before_the_connection,
    before_the_data,
    within_the_data,
    before_sending_is_committed,
]


def after_sending_is_committed(patch: Patch) -> None:
    patch.setattr(packing, "commit", after(packing.commit))


def before_the_dot(patch: Patch) -> None:
    patch.setattr(post, "_end", crash)


def after_the_dot(patch: Patch) -> None:
    patch.setattr(post, "_end", after(post._end))


def while_it_is_recorded(patch: Patch) -> None:
    patch.setattr(send, "record_sent", crash)


OPEN = [after_sending_is_committed, before_the_dot, after_the_dot, while_it_is_recorded]
ARRIVED = [after_the_dot, while_it_is_recorded]


def ready(confirmed: Confirmed) -> Notice:
    """A queued notice whose time has come."""
    case = confirmed(danger_now=True)
    notice = verbs.queue_notice(case.pk)
    assert notice
    return notice


def die_while_sending(kill: Callable[[Patch], None]) -> None:
    with Patch.context() as patch, dies():
        kill(patch)
        Worker().run_until_idle()
    # The lease of the dead worker runs out.
    Work.objects.filter(leased_until__isnull=False).update(
        leased_until=clock.real_now() - timedelta(seconds=1)
    )


@pytest.mark.parametrize("kill", SAFE)
def test_a_crash_before_the_last_safe_moment_delivers_nothing_and_is_tried_again(
    kill: Callable[[Patch], None], mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    notice = ready(confirmed)
    die_while_sending(kill)
    before = len(mail.deliveries())

    work_until()

    notice.refresh_from_db()
    assert (before, len(mail.deliveries(ABUSE)), notice.state) == (0, 1, Notice.State.SENT)


@pytest.mark.parametrize("kill", OPEN)
def test_a_crash_after_the_last_safe_moment_asks_a_person_and_sends_nothing_by_itself(
    kill: Callable[[Patch], None], mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    notice = ready(confirmed)
    die_while_sending(kill)
    before = len(mail.deliveries())

    work_until(clock.now() + timedelta(days=2))

    notice.refresh_from_db()
    case = notice.pages.get().case
    assert before == len(mail.deliveries()) == (1 if kill in ARRIVED else 0)
    assert (notice.state, case.state, case.waiting_for) == (Notice.State.IN_DOUBT, State.WAITING, "in_doubt")


def test_a_mail_that_arrived_counts_as_sent(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    notice = ready(confirmed)
    die_while_sending(after_the_dot)
    work_until()

    desk.settle_doubt(notice.pk, arrived=True, by=someone("analyst"))

    work_until()
    notice.refresh_from_db()
    assert (notice.state, notice.pages.get().case.state) == (Notice.State.SENT, State.NOTICED)
    assert len(mail.deliveries()) == 1


def test_a_mail_that_did_not_arrive_is_sent_again_with_the_same_message_id(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], someone: Callable[..., Any]
) -> None:
    notice = ready(confirmed)
    die_while_sending(before_the_dot)
    work_until()

    desk.settle_doubt(notice.pk, arrived=False, by=someone("analyst"))

    work_until()
    notice.refresh_from_db()
    assert notice.state == Notice.State.SENT
    assert [message.notice.message_id for message in mail.deliveries()] == [notice.message_id]
    assert notice.message_id.startswith(f"<{notice.pk}.notice@")


def test_a_connection_that_breaks_after_the_dot_is_a_doubt_at_once(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], monkeypatch: Patch
) -> None:
    notice = ready(confirmed)
    monkeypatch.setattr(smtplib.SMTP, "getreply", _break_after_dot(smtplib.SMTP.getreply))

    work_until()

    notice.refresh_from_db()
    assert notice.state == Notice.State.IN_DOUBT


def _break_after_dot(plain: Callable[..., Any]) -> Callable[..., Any]:
    replies = 0

    def getreply(self: smtplib.SMTP) -> Any:
        nonlocal replies
        replies += 1
        # greeting, EHLO, MAIL, RCPT, DATA, and then the answer to the dot
        if replies == 6:
            raise smtplib.SMTPServerDisconnected("gone")
        return plain(self)

    return getreply


def test_whoever_lost_the_lease_before_the_dot_does_not_end_the_mail(
    mail: Mail, confirmed: Confirmed
) -> None:
    notice = ready(confirmed)
    slow, fast = packing.pack(notice.pk), packing.pack(notice.pk)
    assert slow and fast

    committed = [packing.commit(fast), packing.commit(slow)]

    assert committed == [True, False]


def test_a_mailbox_that_does_not_exist_bounces_and_the_desk_sees_it(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], settings: Any
) -> None:
    case = confirmed(danger_now=True)
    trace = case.traces.get()
    trace.contacts = '[{"email": "abuse@nowhere.example", "scope": "network"}]'
    trace.save()
    notice = verbs.queue_notice(case.pk)
    assert notice

    work_until()

    notice.refresh_from_db()
    case.refresh_from_db()
    assert (notice.state, case.state, case.waiting_for) == (Notice.State.BOUNCED, State.WAITING, "bounced")


def test_a_server_that_says_not_now_is_asked_again_later(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int], monkeypatch: Patch
) -> None:
    notice = ready(confirmed)
    with Patch.context() as patch:
        patch.setattr(smtplib.SMTP, "rcpt", lambda self, recipient: (450, b"busy"))
        work_until()
    Work.objects.filter(task="takedown.send").update(not_before=None)

    work_until()

    notice.refresh_from_db()
    assert (notice.state, len(mail.deliveries())) == (Notice.State.SENT, 1)


def test_not_now_as_the_answer_to_the_dot_delivered_nothing_and_is_tried_again(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    notice = ready(confirmed)
    with Patch.context() as patch:
        patch.setattr(post, "_end", _not_now)
        work_until()
    state = Notice.objects.get(pk=notice.pk).state
    Work.objects.filter(task="takedown.send").update(not_before=None)

    work_until()

    notice.refresh_from_db()
    assert (state, notice.state, len(mail.deliveries())) == (Notice.State.QUEUED, Notice.State.SENT, 1)


def _not_now(connection: smtplib.SMTP) -> None:
    raise post.NotNow("451")


def test_doing_the_same_work_twice_sends_once(
    mail: Mail, confirmed: Confirmed, work_until: Callable[..., int]
) -> None:
    notice = ready(confirmed)
    work_until()
    due.enqueue("takedown.send", notice=notice.pk)

    work_until()

    assert len(mail.deliveries()) == 1


def test_asking_for_the_same_notice_twice_queues_it_once(confirmed: Confirmed) -> None:
    case = confirmed()

    first, second = verbs.queue_notice(case.pk), verbs.queue_notice(case.pk)

    assert first and second is None
    assert Notice.objects.count() == 1
