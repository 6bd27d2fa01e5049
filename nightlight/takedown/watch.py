"""Watching: every look is recorded, and what it means for its Case follows in the same transaction.

One look per Case is queued at a time, by its key. Others of this room call `begin`, `schedule`, `look_now`, `stop`
and `resume`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from nightlight.accounts.mandate import Closed
from nightlight.audit import log
from nightlight.casebook import events, holds, states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.takedown import history, looks, rhythm, rules, verbs
from nightlight.takedown.looks import Seen
from nightlight.takedown.models import Check, Notice, NoticeCase, Trace
from nightlight.takedown.verdict import Reason
from nightlight.work import clock, due
from nightlight.work.due import Record

WATCHED = frozenset({State.CONFIRMED, State.NOTICED, State.HANDED_OVER, State.WAITING, State.GONE})
# What a look may put in place of one another; other reasons to wait are a person's and stay.
OUR_WAITS = frozenset({"changed", "moved", "cannot_tell", "still_up", "returned"})
MOST_FOLLOWED = 4  # moves of one episode that are followed without a person: some hosts flee for ever
TOLD = (Notice.State.SENT, Notice.State.ANSWERED, Notice.State.DISPUTED)

What = Seen | datetime | None
"""What came of going to look: a look, the end of a hold, or nothing because nobody watches this Case any more."""


def begin(case: Case) -> None:
    """Queues the first look, after which the notice goes; called once the Case was traced."""
    due.enqueue("takedown.first_look", key=f"takedown.first_look:{case.pk}", case=case.pk)


def schedule(case: Case) -> None:
    """Queues the next look at a Case where there is one to take, or brings a queued one forward to its time."""
    moment = _next(case)
    if moment is not None:
        _queue(case, moment)


def look_now(case: Case) -> None:
    """Looks at once, because somebody said something new. Whether it counts is for `rhythm` to say."""
    if case.state in WATCHED and history.first(case) is not None:
        _queue(case, clock.now())


def stop(case: Case) -> None:
    """Takes the queued look back: a hold, a dismissal, a correction."""
    due.cancel(_key(case))


def resume(case: Case) -> None:
    """Goes on after a hold: with the next look, or with the first one if there was none yet."""
    if history.first(case) is not None:
        schedule(case)
    elif Trace.objects.filter(case=case, episode=case.episode).exists() and case.state in WATCHED:
        begin(case)


@due.outward("takedown.first_look")
def first_look(case: str) -> Record:
    """Looks what is there before anybody is told, then lets the notice be written. After a new trace in the same
    episode it is a look like others, and the notice goes unless the page is not there."""
    what = _go(UUID(case))
    return partial(_record, UUID(case), what, before_notice=True)


@due.outward("takedown.look")
def look(case: str) -> Record:
    """One look of the schedule."""
    return partial(_record, UUID(case), _go(UUID(case)), before_notice=False)


def _go(case_id: UUID) -> What:
    case = Case.objects.select_related("location").get(pk=case_id)
    if case.location is None or case.state not in WATCHED:
        return None
    try:
        return looks.take(case)
    except looks.OnHold as hold:
        return hold.until
    except Closed:
        first = looks.first_look(case) is None
        return Seen(clock.now(), case.episode, Check.State.CANNOT_TELL, Reason.NO_MANDATE, first=first)


def _record(case_id: UUID, what: What, *, before_notice: bool) -> None:
    """Writes the look down and does what follows from it; runs in the transaction that ends the work."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if isinstance(what, datetime):
        key = f"takedown.first_look:{case.pk}" if before_notice else _key(case)
        due.enqueue(
            "takedown.first_look" if before_notice else "takedown.look", key=key, due=what, case=case.pk
        )
        return
    if what is None or _is_stale(case, what, before_notice=before_notice):
        return
    if what.reason == Reason.NO_MANDATE and not what.first:
        log.record("takedown.look", by="system", about=case, state="not_taken", reason=what.reason)
        _queue(case, clock.now() + rhythm.DAILY)
        return
    if what.first and case.gone_at is not None:
        _begin_episode(case)
    check = _write(case, what)
    if what.first:
        _after_first(case, what)
    elif case.gone_at is not None:
        _after_gone(case, what, check)
    else:
        _ACTS[what.state](case, what)
        if before_notice and what.state in (Check.State.UP, Check.State.CANNOT_TELL):
            verbs.queue_notice(case.pk)
    case.refresh_from_db()
    log.record(
        "takedown.look",
        by="system",
        about=case,
        check=check.pk,
        kind=check.kind,
        state=check.state,
        reason=check.reason,
        agreeing=len(rhythm.agreeing(history.looks(case))),
        case_state=case.state,
    )
    schedule(case)


def _is_stale(case: Case, seen: Seen, *, before_notice: bool) -> bool:
    """Whether what was seen is about a Case that is no longer watched, or not now. Where people just confirmed anew
    what stands there, the look before the notice is on its way, and only it may be the first."""
    unfit = seen.episode != case.episode or case.state not in WATCHED or (seen.first and not before_notice)
    return unfit or holds.active_until(case) is not None


def _write(case: Case, seen: Seen) -> Check:
    return Check.objects.create(
        case=case,
        episode=case.episode,
        at=seen.at,
        kind=Check.Kind.FIRST if seen.first else Check.Kind.LOOK,
        state=seen.state,
        status=seen.status,
        page_digest=seen.page,
        sketch=seen.sketch,
        media=list(seen.media),
        host_index=seen.host_index,
        addresses_digest=seen.addresses,
        reason=seen.reason,
    )


def _after_first(case: Case, seen: Seen) -> None:
    """The notice goes also where we could not tell: people saw the page. What is gone already is only watched."""
    if seen.state != Check.State.GONE:
        verbs.queue_notice(case.pk)


def _up(case: Case, seen: Seen) -> None:
    first = history.first(case)
    if first and first.state == Check.State.GONE and not _pages(case).exists():
        verbs.queue_notice(case.pk)
    elif case.state == State.WAITING and case.waiting_for == "cannot_tell":
        states.move(case, _before_waiting(case))


def _gone(case: Case, seen: Seen) -> None:
    row = rhythm.agreeing(history.looks(case))
    if len(row) < rhythm.AGREEING:
        return
    states.move(case, State.GONE)
    case.gone_at = row[0]
    case.save(update_fields=["gone_at"])
    verbs.close_notices(case, "gone")
    events.page_gone.send(sender=Case, case=case)


def _changed(case: Case, seen: Seen) -> None:
    _wait(case, "changed")


def _moved(case: Case, seen: Seen) -> None:
    """The host that was told no longer has the page. A redirect is another address and always for a person."""
    verbs.close_notices(case, "moved")
    followed = Trace.objects.filter(case=case, episode=case.episode, of=Trace.Of.PAGE).count() - 1
    by_network = seen.reason == Reason.OTHER_NETWORK
    if by_network and followed < MOST_FOLLOWED and rules.is_on(rules.FOLLOW_MOVES):
        states.move(case, State.CONFIRMED)
        _trace(case)
    else:
        _wait(case, "moved")


def _cannot_tell(case: Case, seen: Seen) -> None:
    if rhythm.unclear(history.looks(case)) >= rhythm.UNCLEAR:
        _wait(case, "cannot_tell")


_ACTS: Mapping[Check.State, Callable[[Case, Seen], None]] = {
    Check.State.UP: _up,
    Check.State.GONE: _gone,
    Check.State.CHANGED: _changed,
    Check.State.MOVED: _moved,
    Check.State.CANNOT_TELL: _cannot_tell,
}


def _after_gone(case: Case, seen: Seen, check: Check) -> None:
    """The come-back watch: the same content begins a new episode by the decision that was made about it; anything
    else that stands there is for a person, once."""
    if seen.shows:
        _begin_episode(case)
        _trace(case)
    elif case.state == State.GONE and _stands(seen) and not history.seen_before(case, check):
        states.move(case, State.WAITING, waiting_for="returned")
    elif case.waiting_for == "returned" and rhythm.is_gone(history.looks(case)):
        states.move(case, State.GONE)


def _stands(seen: Seen) -> bool:
    other = seen.state in (Check.State.CHANGED, Check.State.MOVED) or seen.reason == Reason.NO_FIRST_LOOK
    return other and seen.status is not None and 200 <= seen.status < 300


def _begin_episode(case: Case) -> None:
    """The page came back: it is traced, looked at and noticed anew. `case` is brought up to date."""
    states.move(case, State.CONFIRMED)
    case.episode += 1
    case.gone_at = None
    case.save(update_fields=["episode", "gone_at"])
    events.page_returned.send(sender=Case, case=case)


def _trace(case: Case) -> None:
    due.enqueue("takedown.trace", key=f"takedown.trace:{case.pk}", case=case.pk)


def _wait(case: Case, why: str) -> None:
    if case.state != State.WAITING or case.waiting_for in OUR_WAITS:
        states.move(case, State.WAITING, waiting_for=why)


def _before_waiting(case: Case) -> State:
    """Where a Case stood before it waited, told by who was written to in this episode."""
    roles = set(_pages(case).filter(notice__state__in=TOLD).values_list("notice__role", flat=True))
    if not roles:
        return State.CONFIRMED
    return State.HANDED_OVER if roles <= {Notice.Role.PARTNER, Notice.Role.POLICE} else State.NOTICED


def _next(case: Case) -> datetime | None:
    first = history.first(case)
    if first is None or case.state not in WATCHED:
        return None
    taken = history.looks(case)
    if case.gone_at is not None:
        return rhythm.next_come_back(case.gone_at, taken)
    return rhythm.next_look(first.at, taken, waiting=case.state == State.WAITING)


def _queue(case: Case, moment: datetime) -> None:
    """A weekly look does not pull a jumping clock: it would never come to rest."""
    pulls = moment - clock.now() < rhythm.WEEKLY or case.gone_at is not None
    due.enqueue("takedown.look", key=_key(case), due=moment, pulls_clock=pulls, case=case.pk)
    due.hasten(_key(case), moment)


def _key(case: Case) -> str:
    return f"takedown.look:{case.pk}"


def _pages(case: Case) -> QuerySet[NoticeCase]:
    return NoticeCase.objects.filter(case=case, episode=case.episode)
