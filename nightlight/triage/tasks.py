"""The due work of triage."""

from collections.abc import Iterator, Sequence

from nightlight.accounts.mandate import Closed, Switch, require
from nightlight.casebook import egress, hashing, holds
from nightlight.casebook.index import known_index
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.triage import alarm_clock as alarm_clock  # declares the due work of alarms
from nightlight.triage import alarms, sorting, verbs
from nightlight.triage.models import Reading
from nightlight.triage.rank import Reason, raised
from nightlight.triage.reading import Seen, look
from nightlight.work import due


@due.many(verbs.SORT, sorting.TOGETHER)
def sort(reports: Sequence[due.Args]) -> Iterator[due.Part]:
    """Sorts reports, many in one transaction."""
    return sorting.parts([each["report_id"] for each in reports])


@due.task(alarms.PERSON_NAMED)
def person_named(case_id: str) -> None:
    """Raises the alarm about a case to which a child or a suspected account was tied, and ranks the case by it; not
    while a second look is due, because its rank would tell whoever takes it."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state not in (State.SECOND_LOOK, State.ON_HOLD):
        case.priority = raised(case.priority, Reason.PERSON_NAMED)
        case.save(update_fields=["priority"])
    alarms.raise_alarm([case], alarms.Reason.PERSON)


@due.task(alarms.LIVE_FOUND)
def live_found(case_id: str) -> None:
    """Raises the alarm about a case of which an analyst recorded that it is live."""
    alarms.raise_alarm([Case.objects.select_for_update().get(pk=case_id)], alarms.Reason.LIVE_STREAM)


@due.outward(verbs.READ)
def read(case_id: str) -> due.Record:
    """Reads the page of one case, if there is a mandate to and no hold on it; both are outcomes, not silence."""
    case = Case.objects.select_related("location").get(pk=case_id)
    seen = _look(case)
    if seen.shown:
        known_index().in_step()  # now, so that the transaction that records it does not wait for a start
    return lambda: verbs.record_reading(case_id, seen)


def _look(case: Case) -> Seen:
    if case.location is None:
        raise ValueError("a case without an address has no page")
    if holds.active_until(case):
        return Seen(Reading.Outcome.ON_HOLD)
    try:
        require(Switch.FETCH)
    except Closed:
        return Seen(Reading.Outcome.NO_MANDATE)
    return look(case.location.url, egress.fetcher(), hasher=hashing.hasher())
