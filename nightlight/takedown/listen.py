"""What takedown does when other stages announce something: it only queues due work, in their transaction."""

from typing import Any
from uuid import UUID

from nightlight.casebook import events, holds
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.takedown import clocks, packing, queue, send, tracing, verbs, watch
from nightlight.takedown.models import NoticeCase
from nightlight.work import due

# Imported for the work they declare.
DECLARES = (clocks, send, tracing, watch)


def connect() -> None:
    """Connects the listeners; called once, when Django starts."""
    events.case_confirmed.connect(_confirmed, dispatch_uid="takedown.case_confirmed")
    events.case_corrected.connect(_corrected, dispatch_uid="takedown.case_corrected")
    events.case_reported_again.connect(_reported_again, dispatch_uid="takedown.case_reported_again")
    events.hold_placed.connect(_hold_placed, dispatch_uid="takedown.hold_placed")
    events.hold_lifted.connect(_hold_lifted, dispatch_uid="takedown.hold_lifted")


def _confirmed(case: Case, **more: Any) -> None:
    if case.location_id:
        due.enqueue("takedown.trace", key=f"takedown.trace:{case.pk}", case=case.pk)


def _corrected(case: Case, **more: Any) -> None:
    due.enqueue("takedown.correct", key=f"takedown.correct:{case.pk}", case=case.pk)


def _reported_again(case: Case, **more: Any) -> None:
    if case.location_id:
        due.enqueue("takedown.reported_again", key=f"takedown.reported_again:{case.pk}", case=case.pk)


def _hold_placed(case: Case, hold: Hold, **more: Any) -> None:
    due.enqueue("takedown.hold", key=f"takedown.hold:{hold.pk}", case=case.pk)
    verbs.resume_at_end(case, hold.until)


def _hold_lifted(case: Case, hold: Hold, **more: Any) -> None:
    due.enqueue("takedown.resume", key=f"takedown.lifted:{hold.pk}", case=case.pk)


@due.task("takedown.correct")
def correct(case: str) -> None:
    """A confirmed case is not, after all: looks stop, and whoever was told is told so."""
    row = Case.objects.get(pk=UUID(case))
    if until := holds.active_until(row):
        verbs.resume_at_end(row, until)
        return
    if row.state not in packing.TELLING:
        watch.stop(row)
    verbs.retract(row.pk)


@due.task("takedown.reported_again")
def reported_again(case: str) -> None:
    """Somebody saw the page: look now rather than at the next planned time."""
    row = Case.objects.select_for_update().get(pk=UUID(case))
    if not holds.active_until(row):
        watch.look_now(row)


@due.task("takedown.hold")
def hold(case: str) -> None:
    """Police ask for silence: what has not left is taken back, and no look is taken."""
    row = Case.objects.select_for_update().get(pk=UUID(case))
    if holds.active_until(row):
        queue.drop(row, "hold")
        watch.stop(row)


@due.task("takedown.resume")
def resume(case: str) -> None:
    """A hold is over: go on where it stopped, with the trace, the notice, the looks, or the retraction."""
    row = Case.objects.select_for_update().get(pk=UUID(case))
    if until := holds.active_until(row):
        verbs.resume_at_end(row, until)
        return
    if row.state == State.DISMISSED:
        verbs.retract(row.pk)
        return
    if row.state not in packing.TELLING or not row.location_id:
        watch.resume(row)
        return
    told = NoticeCase.objects.filter(case=row, episode=row.episode).exists()
    if told:
        watch.resume(row)
    else:
        due.enqueue("takedown.trace", key=f"takedown.trace:{row.pk}", case=row.pk)
