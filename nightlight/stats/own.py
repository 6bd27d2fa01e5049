"""Our own reports and cases in the ledger: what a mark names is counted again, and the difference is written.

Triggers (`marks.py`) mark a report or case in the transaction that changes it, so nothing is ever lost. Whoever reads a
table first counts what is marked; a worker does so every minute.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Min

from nightlight.casebook.models import Allegation, Assessment, Case, Report
from nightlight.casebook.words import Outcome
from nightlight.referral.models import Outcome as Answer
from nightlight.stats import (
    bulk,
    cells,
    dated,
    domains,
    entries,
    files,
    flagged,
    ledger,
    line_changes,
    past_units,
    records,
    units,
)
from nightlight.stats.cells import Cell, Grades, Key, Looked, day_of
from nightlight.stats.ledger_models import Counted, Mark
from nightlight.stats.units import CaseState, Episode, Version
from nightlight.takedown.models import Check, Notice, NoticeCase, Trace
from nightlight.work import due

BATCH = 500
CASE, REPORT, MEDIA, ENTRY = Counted.What.CASE, Counted.What.REPORT, Counted.What.MEDIA, Counted.What.ENTRY


def mark(cases: Iterable[UUID]) -> None:
    """These cases are to be counted again."""
    Mark.objects.bulk_create(Mark(what=CASE, of=case) for case in cases)


def count_marked() -> None:
    """Brings the ledger up to the last decision. Cheap where nothing is marked."""
    while Mark.objects.exists():
        with ledger.writing():
            _count_some()


@due.every(timedelta(minutes=1), "stats.count_marked")
def _count_in_time() -> None:
    count_marked()


@due.every(timedelta(days=1), "stats.fold")
def _fold_in_time() -> None:
    with ledger.writing():
        bulk.fold()


def _count_some() -> None:
    marks = list(Mark.objects.order_by("pk")[:BATCH])
    cases = {row.of for row in marks if row.what == CASE}
    reports = {row.of for row in marks if row.what == REPORT}
    if cases:
        _write(CASE, of_cases(cases), _before(cases))
        reports |= set(Allegation.objects.filter(location__case__in=cases).values_list("report", flat=True))
        reports |= set(
            Case.objects.filter(pk__in=cases).exclude(report=None).values_list("report", flat=True)
        )
    _write_all(REPORT, reports, of_reports)
    _write_all(MEDIA, files.of_cases(cases), files.of_media)
    _write_all(ENTRY, {row.of for row in marks if row.what == ENTRY}, entries.of_entries)
    Mark.objects.filter(pk__in=[row.pk for row in marks]).delete()


def _write_all(
    what: str, wanted: Collection[UUID], count: Callable[[Collection[UUID]], dict[UUID, dict[Key, int]]]
) -> None:
    some = sorted(wanted)
    for start in range(0, len(some), BATCH):
        _write(what, count(some[start : start + BATCH]), {})


def _write(
    what: str, now: Mapping[UUID, Mapping[Key, int]], before: Mapping[UUID, Mapping[Key, int]]
) -> None:
    """Writes the difference to what each has put into the ledger so far; `before` says it for those not counted yet."""
    held = {row.of: row for row in Counted.objects.filter(what=what, of__in=list(now))}
    changes: Counter[Key] = Counter()
    fresh, stale = [], []
    for of, mine in now.items():
        packed = _pack(mine)
        row = held.get(of)
        if row is None:
            changes.subtract(before.get(of, {}))
            fresh.append(Counted(what=what, of=of, changes=packed))
        elif row.changes == packed:
            continue
        else:
            changes.subtract(_unpack(row.changes))
            row.changes = packed
            stale.append(row)
        for key, n in mine.items():
            changes[key] += n
    bulk.add(changes)
    Counted.objects.bulk_create(fresh)
    Counted.objects.bulk_update(stale, ["changes"], batch_size=100)


def _before(cases: Collection[UUID]) -> dict[UUID, dict[Key, int]]:
    """What the lines about the address of a case have put in by themselves."""
    return {case: line_changes.of(rows) for case, rows in _lines(cases).items()}


def _lines(cases: Collection[UUID]) -> dict[UUID, list[Version]]:
    about = dict(
        Case.objects.filter(pk__in=cases, location__isnull=False).values_list("location__url_index", "pk")
    )
    return {about[index]: rows for index, rows in past_units.of_addresses(about.keys()).items()}


def _pack(changes: Mapping[Key, int]) -> list[list[Any]]:
    return sorted(
        [key[0], key[1].isoformat(), key[2].isoformat(), *key[3:], n] for key, n in changes.items() if n
    )


def _unpack(rows: Iterable[list[Any]]) -> dict[Key, int]:
    return {
        (table, date.fromisoformat(known), date.fromisoformat(counted), a, b, c): n
        for table, known, counted, a, b, c, n in rows
    }


# --- cases ---


@dataclass(slots=True)
class _Facts:
    """All that is recorded about one case, as far as it is counted."""

    row: Case
    source: str = ""
    decisions: list[Assessment] = field(default_factory=list)
    traces: list[tuple[datetime, str, str]] = field(
        default_factory=list
    )  # country, network; the one to count first
    told: dict[int, datetime] = field(default_factory=dict)
    looks: list[tuple[int, datetime, str]] = field(default_factory=list)
    answers: list[tuple[date, date, str, int]] = field(default_factory=list)  # known on, day, what, count
    notices: list[flagged.Sent] = field(default_factory=list)
    domain: tuple[str, str] | None = None  # ending, number
    more: list[dated.Dated] = field(default_factory=list)


def of_cases(cases: Collection[UUID]) -> dict[UUID, dict[Key, int]]:
    """What each of these cases puts into the ledger, with the lines about its address."""
    facts, lines = _facts(cases), _lines(cases)
    return {
        case: cells.differences(
            (day, units.state(lines.get(case, ()), _state(mine, day), day))
            for day in _days(mine, lines.get(case, ()))
        )
        for case, mine in facts.items()
    }


def _facts(cases: Collection[UUID]) -> dict[UUID, _Facts]:
    rows = Case.objects.filter(pk__in=cases).select_related("report").defer("report__text")
    found = {row.pk: _Facts(row, row.report.source if row.report else "") for row in rows}
    for case, source in (
        Allegation.objects.filter(location__case__in=cases)
        .order_by("-at", "-pk")
        .values_list("location__case", "report__source")
    ):
        found[case].source = source  # the first report's stays
    for decision in (
        Assessment.objects.filter(case__in=cases, is_final=True).order_by("at", "pk").defer("note")
    ):
        found[decision.case_id].decisions.append(decision)
    for case, at, country, network in (
        Trace.objects.filter(case__in=cases)
        .exclude(country="")
        .order_by(F("of").desc(), "at", "pk")  # "true_host" before "page"
        .values_list("case", "at", "country", "provider_key")
    ):
        found[case].traces.append((at, country, network))
    told = NoticeCase.objects.filter(case__in=cases, notice__sent_at__isnull=False)
    for case, episode, first in (
        told.exclude(step=Notice.Step.RETRACTION)
        .values_list("case", "episode")
        .annotate(first=Min("notice__sent_at"))
    ):
        found[case].told[episode] = first
    for case, sent in flagged.sent(cases).items():
        found[case].notices = sent
    for case, domain in domains.of_cases(cases).items():
        found[case].domain = domain
    for case, more in dated.of_cases(cases).items():
        found[case].more = more
    looks = Check.objects.filter(case__in=cases).order_by("at", "pk")
    for case, episode, at, state in looks.values_list("case", "episode", "at", "state"):
        found[case].looks.append((episode, at, state))
    for case, at, day, what, count in Answer.objects.filter(case__in=cases).values_list(
        "case", "at", "day", "what", "count"
    ):
        found[case].answers.append((max(day_of(at), day), day, what, count))
    return found


def _days(facts: _Facts, lines: Collection[Version]) -> list[date]:
    """Every day on which something about the case becomes known."""
    moments = [facts.row.received_at, facts.row.gone_at, *facts.told.values()]
    moments += [row.at for row in facts.decisions] + [look[1] for look in facts.looks]
    moments += [trace[0] for trace in facts.traces]
    moments += [at for sent in facts.notices for at in flagged.moments(sent)]
    found = {day_of(at) for at in moments if at}
    found |= {answer[0] for answer in facts.answers} | {known for known, _cell in facts.more}
    return sorted(found | set(units.days(lines)))


def _state(facts: _Facts, day: date) -> CaseState:
    known = [row for row in facts.decisions if day_of(row.at) <= day]
    answers = tuple(answer[1:] for answer in facts.answers if answer[0] <= day)
    told = flagged.cells_of(facts.row.kind, facts.notices, _times(facts, day), facts.traces, day)
    more = [("flagged", *each) for each in told] + [cell for since, cell in facts.more if since <= day]
    if not known:
        return CaseState(None, "", facts.source, None, answers=answers, more=tuple(more))
    newest = known[-1]
    grades: Grades | None = None
    episodes: tuple[Episode, ...] = ()
    if newest.outcome == Outcome.CONFIRMED:
        first = next(row for row in known if row.outcome == Outcome.CONFIRMED)
        grades = _grades(newest, day_of(first.at), facts, day)
        episodes = _episodes(facts, day, grades.country)
        if facts.domain:
            more.append(("domain", grades.day, *facts.domain, ""))
    return CaseState(
        day_of(known[0].at), newest.outcome, facts.source, grades, episodes, answers, tuple(more)
    )


def _grades(row: Assessment, first: date, facts: _Facts, day: date) -> Grades:
    country = next((country for at, country, _by in facts.traces if day_of(at) <= day), facts.row.country)
    return Grades(
        day=first,
        source=facts.source,
        severity=row.severity,
        age=row.age,
        sex=row.sex,
        made_by=row.made_by,
        own=row.self_generated,
        live_stream=row.live_stream,
        ai_generated=row.ai_generated,
        commercial=row.commercial,
        site_type=row.site_type,
        country=country,
    )


def _episodes(facts: _Facts, day: date, country: str) -> tuple[Episode, ...]:
    if facts.row.location_id is None:
        return ()
    provider = next((by for at, _country, by in facts.traces if day_of(at) <= day), "")
    return tuple(
        (
            "came_back" if each.number > 1 else "first",
            *(each.began, each.noticed, each.removed, country),
            Looked(provider, each.moved, each.sure),
        )
        for each in _times(facts, day)
    )


def _times(facts: _Facts, day: date) -> list[records.Episode]:
    """Each time the page was up, as known at the end of a day."""
    end, row = records.end_of(day), facts.row
    told = {(row.pk, number): at for number, at in facts.told.items() if at < end}
    looks = [look for look in facts.looks if look[1] < end]
    return list(records.of_case(row.pk, row.received_at, row.episode, row.gone_at, told, looks, end))


# --- reports ---


def of_reports(reports: Collection[UUID]) -> dict[UUID, dict[Key, int]]:
    """What each of these reports puts into the ledger: itself, once for each address it names, and what came of it."""
    rows = {row.pk: row for row in Report.objects.filter(pk__in=reports).defer("text", "contact")}
    named: dict[UUID, list[tuple[date, UUID | None]]] = defaultdict(list)
    for report, at, case in Allegation.objects.filter(report__in=reports).values_list(
        "report", "at", "location__case"
    ):
        named[report].append((day_of(at), case))
    for report, case in Case.objects.filter(report__in=reports).values_list("report", "pk"):
        if report:
            named[report].append((day_of(rows[report].received_at), case))
    decisions: dict[UUID | None, list[tuple[date, bool]]] = defaultdict(list)
    wanted = [case for some in named.values() for _at, case in some if case]
    final = Assessment.objects.filter(case__in=wanted, is_final=True).order_by("at", "pk")
    for case, at, outcome in final.values_list("case", "at", "outcome"):
        decisions[case].append((day_of(at), outcome == Outcome.CONFIRMED))
    return {
        pk: _of_report(row, [(at, decisions.get(case, [])) for at, case in named[pk]])
        for pk, row in rows.items()
    }


def _of_report(row: Report, named: list[tuple[date, list[tuple[date, bool]]]]) -> dict[Key, int]:
    """`named`: for each address (or the case without one) when it was named, and the decisions about it."""
    received = day_of(row.received_at)
    withdrawn = day_of(row.withdrawn_at) if row.withdrawn_at else None
    turns = {received, *(at for at, _decisions in named), *([withdrawn] if withdrawn else [])}
    turns |= {day for _at, some in named for day, _right in some}

    def state(day: date) -> dict[Cell, int]:
        if day < received:
            return {}
        known = [some for at, some in named if at <= day]
        last = [so_far[-1] for some in known if (so_far := [each for each in some if each[0] <= day])]
        steps = {
            "received": max(1, len(known)),
            "decided": len(last),
            "confirmed": sum(right for _day, right in last),
            "withdrawn": max(1, len(known)) if withdrawn and withdrawn <= day else 0,
        }
        return {
            ("reports", received, row.source, row.kind, ""): max(1, len(known)),
            **{("receipts", received, row.source, step, ""): n for step, n in steps.items() if n},
        }

    return cells.differences((day, state(day)) for day in sorted(turns))
