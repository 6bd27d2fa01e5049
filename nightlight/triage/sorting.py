"""Sorting many reports as one is sorted: the same rows, entries, alarms and announcements, few statements for all.

Locks are taken in one order everywhere: the reports, the shapes of floods, the locations, the cases.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from nightlight.audit import log
from nightlight.casebook import events
from nightlight.casebook.models import Case, Report
from nightlight.triage import alarms, flood, rank
from nightlight.triage.flood_models import Held
from nightlight.triage.places import Places
from nightlight.triage.sheets import Sheet, read
from nightlight.triage.weighing import Scales, Weighed
from nightlight.work import clock, due

RELEASED = Held.State.RELEASED
TOGETHER = 64  # reports that one worker claims at once
HEAVY = 16  # reports and the addresses they name that go into one transaction, unless one report has more


@dataclass(slots=True)
class Sorted:
    """Where a report went: cases it opened, and cases it was merged into."""

    opened: list[Case] = field(default_factory=list)
    merged: list[Case] = field(default_factory=list)


def parts(report_ids: Sequence[str]) -> Iterator[due.Part]:
    """The reports, opened here and sorted in parts of which each keeps the database's writer for a moment only."""
    part: list[Sheet] = []
    for sheet in read(report_ids):
        if part and _weight(part) + _weight([sheet]) > HEAVY:
            yield due.Part(len(part), partial(sort_all, part))
            part = []
        part.append(sheet)
    if part:
        yield due.Part(len(part), partial(sort_all, part))


def sort_all(sheets: Sequence[Sheet]) -> list[Sorted]:
    """Sorts these reports in this order, in one transaction; one that was sorted before is left as it is."""
    done = [Sorted() for _ in sheets]
    with transaction.atomic():
        now, unsorted = clock.now(), _unsorted(sheets)
        todo = [pair for pair in zip(sheets, done, strict=True) if pair[0].report.pk in unsorted]
        with due.together(now):
            _sort(todo, {pk for pk, moment in unsorted.items() if moment}, now)
    return done


def _unsorted(sheets: Sequence[Sheet]) -> dict[UUID, datetime | None]:
    """The reports that nobody sorted yet, locked, and when each was taken back."""
    rows = Report.objects.select_for_update().filter(pk__in=[sheet.report.pk for sheet in sheets])
    return dict(rows.order_by("pk").filter(sorted_at=None).values_list("pk", "withdrawn_at"))


def _sort(todo: Sequence[tuple[Sheet, Sorted]], taken_back: Collection[UUID], now: datetime) -> None:
    asked = [sheet for sheet, _ in todo if sheet.report.pk not in taken_back]
    held = Held.objects.filter(report__in=[sheet.report.pk for sheet in asked])
    before = dict(held.values_list("report_id", "state"))
    places = Places([sheet for sheet in asked if before.get(sheet.report.pk, RELEASED) == RELEASED], now)
    scales = Scales(asked, before, places, now)
    acts: list[log.Act] = []
    settled: list[tuple[Report, Sorted, Case | None]] = []
    for sheet, sorted_ in todo:
        report = sheet.report
        weighed = Weighed() if report.pk in taken_back else scales.weigh(sheet)
        if weighed.held:
            if weighed.flood:
                acts.append(
                    log.Act("triage.hold_report", "system", report, facts={"flood": weighed.flood.pk})
                )
            continue
        if report.pk not in taken_back:
            place = rank.RANKS[rank.Reason.FLOOD] if weighed.last else rank.rank(report)
            sorted_.opened, sorted_.merged = places.put(sheet, place)
        acts.append(_act(report, sorted_))
        settled.append((report, sorted_, flood.first_case(weighed, [*sorted_.opened, *sorted_.merged])))
    places.save()
    scales.save()
    Report.objects.filter(pk__in=[report.pk for report, _, _ in settled]).update(sorted_at=now)
    log.record_all(acts, now)
    for report, sorted_, beside in settled:
        _announce(report, sorted_, beside)


def _act(report: Report, sorted_: Sorted) -> log.Act:
    facts = {
        "opened": [case.pk for case in sorted_.opened],
        "merged": [case.pk for case in sorted_.merged],
    }
    return log.Act("triage.sort", "system", report, facts=facts)


def _announce(report: Report, sorted_: Sorted, beside: Case | None) -> None:
    alarms.raise_for(report, [*sorted_.opened, *sorted_.merged], beside)
    for case in sorted_.opened:
        events.case_opened.send(sender=Case, case=case)
    for case in sorted_.merged:
        events.case_reported_again.send(sender=Case, case=case, report=report)


def _weight(sheets: Sequence[Sheet]) -> int:
    return sum(1 + len(sheet.named) for sheet in sheets)
