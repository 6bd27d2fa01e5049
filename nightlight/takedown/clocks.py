"""What happens when a notice stays without effect: the table of deadlines, counted from the moment it left.

A day to a reminder and three to an escalation follow what hotlines practise (domain.md 1.7 and 2.1); each step is a
notice of its own, and only pages that the latest look still saw are reminded of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from nightlight.audit import log
from nightlight.casebook import holds, states, ticking
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import packing, queue
from nightlight.takedown.contacts import above_contacts
from nightlight.takedown.models import Answer, Check, Notice, Trace
from nightlight.takedown.routes import Way
from nightlight.work import clock, due

R, S = Notice.Role, Notice.Step
HOSTS = frozenset({R.HOST, R.RELAY, R.UPSTREAM, R.REGISTRAR})
EVERYONE = frozenset(R)


@dataclass(frozen=True, slots=True)
class Tick:
    """`after` a notice to one of `roles` left, `step` follows; without a step the desk must look."""

    name: str
    after: timedelta
    step: Notice.Step | None
    roles: frozenset[Notice.Role]


TICKS = (
    Tick("reminder", timedelta(hours=24), S.REMINDER, HOSTS),
    Tick("reminder_2", timedelta(hours=48), S.REMINDER_2, HOSTS),
    Tick("escalation", timedelta(hours=72), S.ESCALATION, HOSTS),
    Tick("still_up", timedelta(days=7), None, EVERYONE),
)
BY_NAME = {tick.name: tick for tick in TICKS}
BEGINS = frozenset({S.NOTICE, S.AGAIN})  # the steps whose departure starts the clocks
RUNNING = frozenset({State.NOTICED, State.HANDED_OVER})
MAY_RING = (Notice.State.SENT, Notice.State.ANSWERED)  # an answer may turn out to be untrue


def register() -> None:
    """Called once, when Django starts."""
    ticking.register(ticking.Clock("notice", RUNNING, next_deadline))


def next_deadline(case: Case) -> datetime | None:
    """When the next deadline of a notice about this case comes."""
    told = Notice.objects.filter(
        pages__case=case, pages__episode=case.episode, step__in=BEGINS, state__in=MAY_RING
    )
    now = clock.now()
    ends = [
        at
        for role, sent_at in told.values_list("role", "sent_at")
        for tick in TICKS
        if role in tick.roles and sent_at and (at := sent_at + tick.after) > now
    ]
    return min(ends, default=None)


def start(notice: Notice) -> None:
    """Queues the deadlines of a notice that just left."""
    if notice.step not in BEGINS or notice.sent_at is None:
        return
    for tick in TICKS:
        if notice.role in tick.roles:
            key = f"takedown.clock:{notice.pk}:{tick.name}"
            due.enqueue(
                "takedown.clock", key=key, due=notice.sent_at + tick.after, notice=notice.pk, tick=tick.name
            )


@due.task("takedown.clock")
def ring(notice: str, tick: str) -> None:
    """One deadline of one notice came: whatever is still up is reminded of, escalated or given to the desk."""
    told, cases = packing.lock(UUID(notice))
    episodes = dict(told.pages.values_list("case_id", "episode"))
    for case in cases:
        if case.episode == episodes[case.pk] and _runs(case, told):
            _act(case, told, BY_NAME[tick])
        ticking.refresh(case)


def _act(case: Case, told: Notice, tick: Tick) -> None:
    if tick.step is None:
        states.move(case, State.WAITING, waiting_for="still_up")
        log.record("takedown.still_up", by="system", about=case, serial=told.serial)
        return
    for way in _ways(case, told, tick.step):
        follower = queue.join(case, way, tick.step, told.country, follows=told)
        log.record(
            "takedown.queue", by="system", about=case, serial=follower.serial, step=tick.step, role=way.role
        )


def _ways(case: Case, told: Notice, step: Notice.Step) -> Iterable[Way]:
    """Reminders go to who was told; an escalation to the first above who was not."""
    if step != S.ESCALATION:
        yield Way(Notice.Role(told.role), told.recipient)
        return
    trace = Trace.objects.filter(case=case, is_current=True).first()
    if trace is None or case.location is None:
        return
    for contact in above_contacts(trace, case.location):
        if contact.email != told.recipient:
            yield Way(R.REGISTRAR if contact.scope == "registrar" else R.UPSTREAM, contact.email)
            return


def _runs(case: Case, told: Notice) -> bool:
    """Whether the clock still runs for a page: not held, up at the latest look, not answered."""
    if case.state not in RUNNING or holds.active_until(case):
        return False
    return packing.is_up(case) and (told.state == Notice.State.SENT or _claim_failed(case, told))


def _claim_failed(case: Case, told: Notice) -> bool:
    """The provider said "removed", and a look after that still saw the page."""
    last = Answer.objects.filter(notice__in=[told, *told.followed_by.all()]).order_by("-at", "-id").first()
    if last is None or last.what != Answer.What.REMOVED:
        return False
    return Check.objects.filter(case=case, at__gt=last.at, state=Check.State.UP).exists()
