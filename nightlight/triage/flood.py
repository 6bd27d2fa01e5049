"""Floods: many reports of one shape within an hour are one matter for the desk, and nothing of them is lost.

The shape of a report is its words without what machines vary (digits, case, spaces, addresses) and, where it names
addresses, their site (`shapes.py`); what it wrote in place of an address, such as an app and an account, is words too.
Above the limit a report that tells nothing new is held: it makes no case, is kept and counted, and its receipt holds.
Never held, in any flood: what names an address for the first time, the first that says of an address that it happens
now, whatever reopens a dismissed case or tells of a page that was gone, a young person's report, and what a partner
sent (`weighing.py`).

Those are sorted into cases as ever; what a flood on one site makes stands last in the queue, but for the first DANGERS
an hour that say of an address, as nobody did before, that it happens now: a child may be there, whoever sent the rest.
More of them would put every other child behind the flood; they stand last, and are counted on its alarm. Where no
address is named, the same words with and without "happening now" are two shapes, so that many of the one never hold the
first of the other.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook.models import Case, Report
from nightlight.triage.asked import ask_sorting
from nightlight.triage.flood_models import Flood, Held
from nightlight.triage.weighing import Weighed
from nightlight.work import clock, due

SETTLE = "triage.settle_flood"
PIECE = 500  # reports settled in one transaction, so that the public door never waits for the desk
State = Held.State
BEFORE = {State.CLEARED: State.WAITING, State.WAITING: State.CLEARED, State.RELEASED: State.WAITING}


class StillSettling(Exception):
    """An act on this flood is not finished; the next must wait for it."""


def is_held(report_id: UUID) -> bool:
    """Whether a report waits beside the queue with its flood, or was cleared with it."""
    return Held.objects.filter(report=report_id).exclude(state=Held.State.RELEASED).exists()


def first_case(weighed: Weighed, cases: Collection[Case]) -> Case | None:
    """The first case a flood made: of these, where it made none before. None for a report of no flood."""
    flood = weighed.flood
    if flood is None:
        return None
    if flood.case is None and cases:
        flood.case = next(iter(cases))
    return flood.case


def clear(flood_id: UUID, by: Person) -> int:
    """Sets aside all that a flood holds now, in one act; returns how many. No case changes, and `bring_back` undoes it.

    Raises Flood.DoesNotExist, StillSettling.
    """
    return _settle(flood_id, by, State.CLEARED)


def bring_back(flood_id: UUID, by: Person) -> int:
    """Undoes clearing: what was cleared waits again. Raises Flood.DoesNotExist, StillSettling."""
    return _settle(flood_id, by, State.WAITING)


def release(flood_id: UUID, by: Person) -> int:
    """Sorts all that a flood holds now as if it had been no flood. Raises Flood.DoesNotExist, StillSettling."""
    return _settle(flood_id, by, State.RELEASED)


@transaction.atomic
def _settle(flood_id: UUID, by: Person, after: Held.State) -> int:
    """One act and one entry, however many there are; what is more than a piece is done by the worker."""
    flood = Flood.objects.select_for_update().get(pk=flood_id)
    if flood.settling:
        raise StillSettling
    rows = Held.objects.filter(flood=flood, state=BEFORE[after])
    count, last = rows.count(), rows.order_by("-pk").values_list("pk", flat=True).first()
    log.record(SETTLE, by=by, about=flood, before=BEFORE[after], after=after, reports=count)
    if last is not None:
        flood.settling, flood.settling_by, flood.settling_upto = after, by, last
        flood.settling_all, flood.settling_done = count, 0
        _do_a_piece(flood)
    return count


@due.task(SETTLE)
def go_on(flood_id: str) -> None:
    """Does the next piece of an act on a flood."""
    flood = Flood.objects.select_for_update().get(pk=UUID(flood_id))
    if flood.settling:
        _do_a_piece(flood)


def _do_a_piece(flood: Flood) -> None:
    now, after = clock.now(), State(flood.settling)
    rows = Held.objects.filter(flood=flood, state=BEFORE[after], pk__lte=flood.settling_upto)
    some = dict(rows.order_by("pk").values_list("pk", "report_id")[:PIECE])
    # What was set aside is settled, so that rules of keeping reach what it says; brought back, it waits again.
    Report.objects.filter(pk__in=some.values()).update(sorted_at=now if after == State.CLEARED else None)
    Held.objects.filter(pk__in=some).update(state=after, settled_at=now, settled_by=flood.settling_by)
    if after == State.RELEASED:
        with due.together(now):
            for report in Report.objects.filter(pk__in=some.values()).order_by("pk"):
                ask_sorting(report)
    flood.settling_done += len(some)
    if not rows.exists():
        flood.settling = ""
    else:
        due.enqueue(SETTLE, key=f"{SETTLE}:{flood.pk}:{flood.settling_done}", flood_id=flood.pk)
    flood.save(update_fields=["settling", "settling_by", "settling_upto", "settling_all", "settling_done"])
