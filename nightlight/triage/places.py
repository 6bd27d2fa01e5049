"""Where reports belong: the locations they name and the case of each, for many reports in one transaction.

Locations and then cases are locked in the order of their digests, so that workers that meet the same addresses never
wait for one another in a circle. What is opened and merged is kept here until `save`, so that the next report of the
same transaction meets it as if it had been written.
"""

from collections.abc import Sequence
from datetime import datetime

from nightlight.casebook.models import Allegation, Case, Location, Report
from nightlight.casebook.states import move
from nightlight.casebook.words import State
from nightlight.triage.asked import ask_reading
from nightlight.triage.rank import leading_kind
from nightlight.triage.sheets import Named, Sheet

_MERGED = ("priority", "kind", "danger_now", "received_at", "held_from")


class Places:
    """The locations and cases of some reports, locked."""

    def __init__(self, sheets: Sequence[Sheet], now: datetime) -> None:
        self._now = now
        named = {each.index: each for sheet in sheets for each in sheet.named}
        self._locations = _locations(named, now)
        rows = Case.objects.select_for_update(of=("self",)).filter(location__in=self._locations.values())
        by_location = {row.location_id: row for row in rows.order_by("location__url_index")}
        self._cases = {
            index: by_location[location.pk]
            for index, location in self._locations.items()
            if location.pk in by_location
        }
        self._opened: list[Case] = []
        self._allegations: list[Allegation] = []
        self._changed: dict[str, Case] = {}

    def tells_something_new(self, sheet: Sheet) -> bool:
        """Whether a person must see it by itself: of one of its addresses it says what no report said before."""
        cases = [self._cases.get(each.index) for each in sheet.named]
        known = [case for case in cases if case is not None]
        return (
            len(known) < len(cases)
            or any(_ended(case) for case in known)
            or (sheet.report.happening_now and not all(case.danger_now for case in known))
        )

    def put(self, sheet: Sheet, rank: int) -> tuple[list[Case], list[Case]]:
        """Each address to its case, new or known, or without one to a case of its own: those opened, those merged."""
        opened: list[Case] = []
        merged: list[Case] = []
        if not sheet.named:
            opened.append(self._open(sheet.report, rank))
        for each in sheet.named:
            location = self._locations[each.index]
            self._allegations.append(
                Allegation(
                    report=sheet.report,
                    location=location,
                    as_reported=each.spelling,
                    at=sheet.report.received_at,
                )
            )
            case = self._cases.get(each.index)
            if case is None:
                self._cases[each.index] = self._open(sheet.report, rank, location)
                opened.append(self._cases[each.index])
            else:
                merged.append(self._merge(each.index, case, sheet.report, rank))
        return opened, merged

    def save(self) -> None:
        """Writes what was opened and merged."""
        Case.objects.bulk_create(self._opened)
        Allegation.objects.bulk_create(self._allegations)
        fresh = {case.pk for case in self._opened}
        for _, case in sorted(self._changed.items()):
            if case.pk not in fresh:
                case.save(update_fields=_MERGED)

    def _open(self, report: Report, rank: int, location: Location | None = None) -> Case:
        case = Case(
            location=location,
            report=None if location else report,
            domain_index=location.domain_index if location else "",
            kind=report.kind,
            priority=rank,
            danger_now=report.happening_now,
            received_at=report.received_at,
            changed_at=self._now,
        )
        self._opened.append(case)
        return case

    def _merge(self, index: str, case: Case, report: Report, rank: int) -> Case:
        before = [getattr(case, name) for name in _MERGED]
        case.priority = min(case.priority, rank)
        case.kind = leading_kind((case.kind, report.kind))
        case.danger_now = case.danger_now or report.happening_now
        case.received_at = min(case.received_at, report.received_at)
        if case.state == State.ON_HOLD and case.held_from == State.DISMISSED:
            case.held_from = State.OPEN
        if before != [getattr(case, name) for name in _MERGED]:
            self._changed[index] = case
        if case.state == State.DISMISSED:
            case.save(update_fields=_MERGED)
            move(case, State.OPEN)
            ask_reading(case)
        return case


def _locations(named: dict[str, Named], now: datetime) -> dict[str, Location]:
    """The location of each digest, made where there was none; locked against whoever opens a case about it."""
    known = set(Location.objects.filter(url_index__in=named).values_list("url_index", flat=True))
    new = [
        Location(
            url=each.address.url,
            host=each.address.host,
            domain=each.address.domain,
            tld=each.address.tld,
            first_seen=now,
        )
        for index, each in sorted(named.items())
        if index not in known
    ]
    Location.objects.bulk_create(new, ignore_conflicts=True)
    rows = Location.objects.select_for_update(no_key=True).filter(url_index__in=named).order_by("url_index")
    return {row.url_index: row for row in rows}


def _ended(case: Case) -> bool:
    """Dismissed, such a case opens again; gone, it is looked at again."""
    held = case.state == State.ON_HOLD and case.held_from == State.DISMISSED
    return held or case.state in (State.DISMISSED, State.GONE)
