"""Sending a notice exactly once: packed, offered, committed as `sending`, ended with the dot, recorded as `sent`.

A crash before `sending` is committed delivered nothing and is simply tried again. A crash after it leaves the
notice in `sending`; whoever finds it there does not send, but asks a person.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from nightlight.audit import log
from nightlight.casebook import events, post, states, ticking
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import clocks, gates, packing, queue, watch
from nightlight.takedown.models import Notice
from nightlight.work import clock, due
from nightlight.work.due import Record

UNBLOCK = timedelta(minutes=10)
PASSED_ON = frozenset({Notice.Role.PARTNER, Notice.Role.POLICE})


@due.outward("takedown.send")
def send(notice: str) -> Record:
    """Sends one notice, if it may leave now. Raises post.NotNow when the server can't take it yet."""
    packed, server = packing.pack(UUID(notice)), settings.NIGHTLIGHT.mail
    if packed is None or server is None:
        return nothing
    try:
        left = post.deliver(server, packed.letter, lambda: packing.commit(packed))
    except post.Refused:
        return lambda: record_refused(packed.notice)
    except post.Unsure:
        return lambda: record_doubt(packed.notice)
    except post.NotNow:
        take_back(packed.notice)
        raise
    if not left:
        return lambda: queue.schedule(packed.notice, clock.now())
    return lambda: record_sent(packed.notice)


def nothing() -> None:
    """There was nothing to send, and `packing` wrote down why."""


def take_back(notice_id: UUID) -> None:
    """The server answered the dot with "not now": nothing was delivered, so the notice may be tried again."""
    with transaction.atomic():
        Notice.objects.filter(pk=notice_id, state=Notice.State.SENDING).update(state=Notice.State.QUEUED)


def record_sent(notice_id: UUID) -> None:
    """The server took the mail: the notice is sent, its cases move on, clocks and looks begin."""
    notice, cases = packing.lock(notice_id)
    if notice.state not in (Notice.State.SENDING, Notice.State.IN_DOUBT):
        return
    notice.state, notice.why_not, notice.sent_at = Notice.State.SENT, "", clock.now()
    notice.save(update_fields=["state", "why_not", "sent_at"])
    log.record(
        "takedown.send", by="system", about=notice, serial=notice.serial, step=notice.step, role=notice.role
    )
    if notice.step == Notice.Step.RETRACTION:
        return
    for case in cases:
        _told(case, notice)
    clocks.start(notice)


def _told(case: Case, notice: Notice) -> None:
    passed_on = notice.role in PASSED_ON
    target = State.HANDED_OVER if passed_on else State.NOTICED
    waits_for_this = case.state == State.WAITING and case.waiting_for in ("in_doubt", "bounced")
    if case.state in (State.CONFIRMED, State.NOTICED) or waits_for_this:
        states.move(case, target)
    else:
        ticking.refresh(case)
    events.notice_sent.send(sender=Notice, case=case, notice_id=notice.pk)
    if passed_on:
        events.case_handed_over.send(sender=Notice, case=case)
    watch.schedule(case)


def record_refused(notice_id: UUID) -> None:
    """The server refused for good: nothing was delivered and the desk must find another way."""
    notice, cases = packing.lock(notice_id)
    notice.state = Notice.State.BOUNCED
    notice.save(update_fields=["state"])
    for case in cases:
        if case.state in packing.TELLING:
            states.move(case, State.WAITING, waiting_for="bounced")
    log.record("takedown.bounce", by="system", about=notice, serial=notice.serial, step=notice.step)


def record_doubt(notice_id: UUID) -> None:
    """The connection broke after the dot."""
    notice, cases = packing.lock(notice_id)
    if notice.state == Notice.State.SENDING:
        packing.doubt(notice, cases)


@due.every(UNBLOCK, "takedown.unblock")
def unblock() -> None:
    """Queues again whatever could leave by now: a mandate that is open, a mail server that is set."""
    late = Notice.objects.filter(state=Notice.State.QUEUED, leave_at__lte=clock.now())
    for notice in late.select_for_update():
        notice.why_not = gates.why_not(notice)
        notice.save(update_fields=["why_not"])
        if not notice.why_not:
            queue.schedule(notice.pk, clock.now())
