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
from nightlight.triage.flood_models import Flood, Held
from nightlight.triage.weighing import Weighed
from nightlight.work import clock, due

SORT = "triage.sort"


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


@transaction.atomic
def clear(flood_id: UUID, by: Person) -> int:
    """Sets aside all that a flood holds now, in one act; returns how many. No case changes, and `bring_back` undoes it.

    Raises Flood.DoesNotExist.
    """
    return _settle(flood_id, by, Held.State.WAITING, Held.State.CLEARED)


@transaction.atomic
def bring_back(flood_id: UUID, by: Person) -> int:
    """Undoes clearing: what was cleared waits again. Raises Flood.DoesNotExist."""
    return _settle(flood_id, by, Held.State.CLEARED, Held.State.WAITING)


@transaction.atomic
def release(flood_id: UUID, by: Person) -> int:
    """Sorts all that a flood holds as if it had been no flood. Raises Flood.DoesNotExist."""
    Flood.objects.select_for_update().get(pk=flood_id)  # what is held from here on waits for the end of this
    waiting = Held.objects.filter(flood=flood_id, state=Held.State.WAITING)
    reports = list(waiting.values_list("report_id", flat=True))
    count = _settle(flood_id, by, Held.State.WAITING, Held.State.RELEASED)
    with due.together(clock.now()):
        for report in reports:
            due.enqueue(SORT, key=f"{SORT}:{report}", report_id=report)
    return count


def _settle(flood_id: UUID, by: Person, before: Held.State, after: Held.State) -> int:
    flood = Flood.objects.select_for_update().get(pk=flood_id)
    now = clock.now()
    rows = Held.objects.filter(flood=flood, state=before)
    reports = Report.objects.filter(held__in=rows)
    # What was set aside is settled, so that rules of keeping reach what it says; brought back, it waits again.
    reports.update(sorted_at=now if after == Held.State.CLEARED else None)
    count = rows.update(state=after, settled_at=now, settled_by=by)
    log.record("triage.settle_flood", by=by, about=flood, before=before, after=after, reports=count)
    return count
