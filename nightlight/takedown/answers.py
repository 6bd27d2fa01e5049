"""What a provider says on a notice's page, and what follows from it at once."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import transaction

from nightlight.audit import log
from nightlight.casebook import holds, states
from nightlight.casebook.models import Case
from nightlight.casebook.sealed import find
from nightlight.casebook.words import State
from nightlight.takedown import packing, tracing, verbs, watch
from nightlight.takedown.models import Answer, Notice, Trace
from nightlight.work import clock, due

PROVIDER = "provider"
What = Answer.What
# Notices on which an answer still changes something; to others it is only kept.
OPEN = frozenset({Notice.State.SENT, Notice.State.IN_DOUBT, Notice.State.ANSWERED, Notice.State.DISPUTED})
MOST_ANSWERS = 30  # kept of one notice; a link can be passed on to anybody
MOST_TRUE_HOSTS = 3  # followed of one episode without a person
RUNNING = frozenset({State.NOTICED, State.HANDED_OVER, State.WAITING})


@transaction.atomic
def answer(notice_id: UUID | str, what: What, *, note: str = "", real_host: str = "") -> Answer:
    """Keeps an answer and acts on it; the same answer again changes nothing.

    Raises verbs.NotNow where `real_host` is needed and makes no sense, and after too many answers.
    """
    notice, cases = packing.lock(notice_id)
    told = Answer(notice=notice, what=what, note=note, real_host=real_host, at=clock.now())
    if before := Answer.objects.filter(notice=notice, digest=find("answer", told.content)).first():
        return before
    if notice.answers.count() >= MOST_ANSWERS:
        raise verbs.NotNow("we have many answers to this notice; please write to us instead")
    if what == What.REAL_HOST:
        verbs.real_host(real_host)
    told.save()
    log.record("takedown.answer", by=PROVIDER, about=notice, serial=notice.serial, what=what, answer=told.pk)
    if notice.state in OPEN:
        _settle(notice, what)
        for case in cases:
            if not holds.active_until(case):
                _FOLLOWS[what](case, told)
    return told


def _settle(notice: Notice, what: What) -> None:
    """The answer stands on the notice and on the one it reminds of."""
    state = Notice.State.DISPUTED if what == What.DISPUTED else Notice.State.ANSWERED
    for row in filter(None, (notice, notice.follows)):
        if row.state in OPEN:
            row.state, row.answered_at = state, clock.now()
            row.save(update_fields=["state", "answered_at"])


def _removed(case: Case, told: Answer) -> None:
    watch.look_now(case)


def _disputed(case: Case, told: Answer) -> None:
    if case.state in RUNNING:
        states.move(case, State.WAITING, waiting_for="disputed")


def _not_ours(case: Case, told: Answer) -> None:
    if case.state in RUNNING:
        key = f"takedown.trace:{case.pk}"
        due.enqueue("takedown.trace", key=key, case=case.pk, after=tracing.NOT_OURS)


def _real_host(case: Case, told: Answer) -> None:
    """Follows the answer, but not for ever: each true host is somebody who is written to."""
    followed = case.traces.filter(of=Trace.Of.TRUE_HOST, episode=case.episode).count()
    if case.state in RUNNING and followed >= MOST_TRUE_HOSTS:
        states.move(case, State.WAITING, waiting_for="relay")
    elif case.state in RUNNING:
        verbs.set_real_host(case.pk, told.real_host, PROVIDER)


_FOLLOWS: Mapping[What, Callable[[Case, Answer], None]] = {
    What.REMOVED: _removed,
    What.DISPUTED: _disputed,
    What.NOT_OURS: _not_ours,
    What.REAL_HOST: _real_host,
}
