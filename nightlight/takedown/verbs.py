"""What takedown does about a Case by itself: queue and close notices, follow the true host, withdraw.

Each function is one transaction and one entry in the log. What a person decides at the desk is in `desk.py`, what a
provider says in `answers.py`.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from nightlight.audit import log
from nightlight.audit.log import Actor
from nightlight.casebook import holds, states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.net.address import NotAnAddress, canonical
from nightlight.net.suffix import is_ip
from nightlight.takedown import packing, queue, routes
from nightlight.takedown.models import Notice, NoticeCase, Trace
from nightlight.work import clock, due

N = Notice.State
LEFT = frozenset({N.SENDING, N.IN_DOUBT, N.SENT, N.ANSWERED, N.DISPUTED, N.CLOSED})
# Reasons to wait that are settled once there is somebody to write to.
SETTLED_BY_A_WAY = frozenset({"no_contact", "no_route", "relay", "bounced"})


class NotNow(ValueError):
    """The act does not fit how things stand; the message says why, in words for the desk."""


@transaction.atomic
def queue_notice(case_id: UUID | str, *, again: bool = False, by: Actor = "system") -> Notice | None:
    """Puts a traced Case into a notice to whomever the routes name, or lets it wait with the reason.

    Never tells the same recipient the same thing twice in an episode; `again` is a person's wish to write once
    more. Returns the notice, or None where nobody is told now.
    """
    case = Case.objects.select_for_update().get(pk=case_id)
    trace = Trace.objects.filter(case=case, is_current=True).first()
    if case.state not in packing.TELLING or case.location is None or trace is None:
        return None
    if until := holds.active_until(case):
        resume_at_end(case, until)
        return None
    way = routes.choose(case, case.location, trace)
    if isinstance(way, routes.NoWay):
        states.move(case, State.WAITING, waiting_for=way.why)
        log.record("takedown.queue", by=by, about=case, waiting_for=way.why)
        return None
    if case.state == State.WAITING and case.waiting_for in SETTLED_BY_A_WAY:
        states.move(case, State.CONFIRMED)
    step = _step(case, way.recipient, again)
    if step is None:
        _stays(case, way.recipient)
        return None
    notice = queue.join(case, way, step, trace.country)
    log.record(
        "takedown.queue",
        by=by,
        about=case,
        serial=notice.serial,
        step=step,
        role=way.role,
        why_not=notice.why_not,
    )
    return notice


def resume_at_end(case: Case, until: datetime) -> None:
    """Goes on when a police hold ends by itself."""
    due.enqueue("takedown.resume", key=f"takedown.resume:{case.pk}:{until}", due=until, case=case.pk)


@transaction.atomic
def close_notices(case: Case, why: str) -> int:
    """Ends the correspondence about a Case: what has not left never will, what left is closed where no other page of
    it is still open. `why` is `gone`, `moved`, `true_host` or `settled`. Returns how many notices were closed."""
    queue.drop(case, why)
    open_states = {N.SENT, N.BOUNCED} if why == "gone" else {N.SENT, N.BOUNCED, N.ANSWERED, N.DISPUTED}
    closed = 0
    ids = NoticeCase.objects.filter(case=case, notice__state__in=open_states).values_list(
        "notice_id", flat=True
    )
    for notice in Notice.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk"):
        others = notice.pages.exclude(case=case).filter(case__state__in=packing.TELLING)
        if not others.exists():
            notice.state, notice.why_not = N.CLOSED, why
            notice.save(update_fields=["state", "why_not"])
            closed += 1
    if closed:
        log.record("takedown.close", by="system", about=case, why=why, notices=closed)
    return closed


@transaction.atomic
def retract(case_id: UUID | str) -> int:
    """Withdraws whatever was said about a Case: once to everyone who was told, and what has not left never will.
    Returns how many retractions were queued."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state in packing.TELLING:
        return 0  # confirmed anew in the meantime
    queue.drop(case, "corrected")
    told = NoticeCase.objects.filter(case=case, notice__state__in=LEFT).exclude(step=Notice.Step.RETRACTION)
    queued = 0
    for page in told.select_related("notice").order_by("id"):
        notice = page.notice
        if notice.state == N.CLOSED and notice.sent_at is None:
            continue
        way = routes.Way(Notice.Role(notice.role), notice.recipient)
        if queue.told(case, notice.recipient, Notice.Step.RETRACTION) is None:
            queue.join(case, way, Notice.Step.RETRACTION, notice.country, follows=notice)
            queued += 1
    log.record("takedown.retract", by="system", about=case, notices=queued)
    return queued


@transaction.atomic
def set_real_host(case_id: UUID | str, host: str, by: Actor) -> Trace:
    """Records on which server a page truly lies, and has that server traced and told.

    `host` is an IP address, a host name, or a web address on it. Raises NotNow for anything else, or for a Case that
    is settled.
    """
    named = real_host(host)
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state not in packing.TELLING or case.location is None:
        raise NotNow("this case is settled")
    if case.state == State.WAITING:
        states.move(case, State.CONFIRMED)
    trace = Trace.objects.create(
        case=case,
        location=case.location,
        episode=case.episode,
        at=clock.now(),
        of=Trace.Of.TRUE_HOST,
        host=named,
        is_current=False,
    )
    due.enqueue("takedown.trace_true_host", key=f"takedown.trace_true_host:{trace.pk}", trace=trace.pk)
    log.record("takedown.set_real_host", by=by, about=case, trace=trace.pk)
    return trace


def real_host(text: str) -> str:
    """The host in what somebody wrote. Raises NotNow.

    >>> real_host(" 192.0.2.20 "), real_host("http://box.example/x")
    ('192.0.2.20', 'box.example')
    """
    written = text.strip().strip("[]")
    if is_ip(written):
        return written
    try:
        return canonical(written).host
    except NotAnAddress as error:
        raise NotNow("write an IP address or a host name") from error


def _step(case: Case, recipient: str, again: bool) -> Notice.Step | None:
    """A notice first; once more where the first was withdrawn or closed or a person wants it; never a third."""
    first = queue.told(case, recipient, Notice.Step.NOTICE)
    if first is None:
        return Notice.Step.NOTICE
    if queue.told(case, recipient, Notice.Step.AGAIN):
        return None
    withdrawn = queue.told(case, recipient, Notice.Step.RETRACTION) is not None
    return Notice.Step.AGAIN if again or withdrawn or first.state == N.CLOSED else None


def _stays(case: Case, recipient: str) -> None:
    """Nothing more is sent to this recipient: a Case that nobody works on any more is shown to the desk."""
    last = queue.told(case, recipient, Notice.Step.AGAIN) or queue.told(case, recipient, Notice.Step.NOTICE)
    if case.state != State.CONFIRMED or last is None or last.state == N.QUEUED:
        return
    if last.state == N.CLOSED:
        states.move(case, State.WAITING, waiting_for="still_up")
    else:
        passed_on = last.role in (Notice.Role.PARTNER, Notice.Role.POLICE)
        states.move(case, State.HANDED_OVER if passed_on else State.NOTICED)
