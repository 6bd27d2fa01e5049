"""Police holds: placing one, lifting it, and its end by itself.

While a hold is active nothing is sent, checked or listed for its case; every stage asks `casebook.holds`. A case
that several holds keep goes on, where it stood before the first, when the last one ends.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook import events, states, ticking
from nightlight.casebook import holds as active
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.referral.models import Interruption
from nightlight.referral.verbs import Refused
from nightlight.work import clock, due


@transaction.atomic
def place(case_id: UUID, until: datetime, reference: str, by: Person) -> Hold:
    """Stops everything outward for a case until a moment of the hotline's clock.

    Raises Refused for a moment that has passed or a hold without a reference, Case.DoesNotExist.
    """
    now = clock.now()
    if until <= now:
        raise Refused(_("a hold ends later than now"))
    if not reference.strip():
        raise Refused(_("a hold needs the reference of the police"))
    case = Case.objects.select_for_update().get(pk=case_id)
    hold = Hold.objects.create(case=case, until=until, reference=reference, by=by, at=now)
    if case.state != State.ON_HOLD:
        Interruption.objects.update_or_create(case=case, defaults={"waiting_for": case.waiting_for})
        states.move(case, State.ON_HOLD)
    else:
        ticking.refresh(case)
    due.enqueue("referral.end_hold", due=until, key=f"referral.end_hold:{hold.pk}", hold=hold.pk)
    log.record("referral.place_hold", by=by, about=case, hold=hold.pk, until=until)
    events.hold_placed.send(sender=Hold, case=case, hold=hold)
    return hold


@transaction.atomic
def lift(hold_id: UUID, by: Person) -> bool:
    """Ends a hold before its time; False if it had ended already. Raises Hold.DoesNotExist."""
    hold = Hold.objects.select_related("case").get(pk=hold_id)
    case = Case.objects.select_for_update().get(pk=hold.case_id)
    if not _close(hold):
        return False
    due.cancel(f"referral.end_hold:{hold.pk}")
    log.record("referral.lift_hold", by=by, about=case, hold=hold.pk)
    _go_on(case, hold)
    return True


@transaction.atomic
def end(hold_id: UUID) -> bool:
    """A hold's time is over; False if it was lifted before. Raises Hold.DoesNotExist."""
    hold = Hold.objects.get(pk=hold_id)
    case = Case.objects.select_for_update().get(pk=hold.case_id)
    if not _close(hold):
        return False
    log.record("referral.end_hold", by="system", about=case, hold=hold.pk)
    _go_on(case, hold)
    return True


def _close(hold: Hold) -> bool:
    now = clock.now()
    closed = bool(Hold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=now))
    hold.lifted_at = now if closed else hold.lifted_at
    return closed


def _go_on(case: Case, hold: Hold) -> None:
    """Back to where the case stood, unless another hold still keeps it."""
    if case.state != State.ON_HOLD:
        return
    if active.active_until(case):
        ticking.refresh(case)
        return
    interrupted = Interruption.objects.filter(case=case).first()
    before = State(case.held_from)
    states.move(case, before, waiting_for=interrupted.waiting_for if interrupted else "")
    events.hold_lifted.send(sender=Hold, case=case, hold=hold)
    if case.confirmed_at is not None:
        due.enqueue("referral.prepare", case=case.pk)
