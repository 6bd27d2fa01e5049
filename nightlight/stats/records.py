"""What is counted, read from the records of the stages as they were known on a day.

A day includes all of it, by UTC. What was decided or recorded later is not known yet: a correction counts on the
day it was recorded. Everything here is one pass over plain columns; nothing sealed is opened.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import CharField, F, Min
from django.db.models.functions import Cast

from nightlight.casebook.models import Allegation, Assessment, Case, Report
from nightlight.casebook.words import Outcome
from nightlight.stats.cells import day_of
from nightlight.takedown.models import Check, Notice, NoticeCase, Trace

_GRADES = (
    *("severity", "age", "sex", "made_by", "self_generated"),
    *("live_stream", "ai_generated", "commercial", "site_type"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """One report: the day it came, its source and kind, whether it was withdrawn, and the case it led to."""

    id: UUID
    day: date
    source: str
    kind: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """One case that was decided: by its newest settled decision, with the days of the first ones.

    `confirmed_on` is the day of the first settled decision that confirmed it, None where it does not stand
    confirmed. The grades are those of the newest: youngest child, most severe category.
    """

    case: UUID
    address: str  # its blind index; empty without one
    source: str  # of the first report
    settled_on: date
    confirmed_on: date | None
    outcome: str
    severity: str
    age: str
    sex: str
    made_by: str
    self_generated: bool
    live_stream: bool
    ai_generated: bool
    commercial: bool
    site_type: str
    country: str
    provider: str = ""  # of the trace that the country is of


@dataclass(frozen=True, slots=True)
class Episode:
    """One time a confirmed page was up: when it began (received, or seen again), when the first notice about it
    left, and when it was removed; when it was first seen on another host before that, and the last look that found it
    up before it was removed. None while that has not happened."""

    case: UUID
    number: int
    began: datetime
    noticed: datetime | None
    removed: datetime | None
    moved: datetime | None = None
    sure: datetime | None = None


def as_text(key: str) -> Cast:
    """The key of many rows as the database writes it: to tell them apart is all that is needed, and an object for each
    takes as long as all else."""
    return Cast(key, CharField())


def end_of(day: date) -> datetime:
    """The first moment that is not known any more."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def received(as_of: date) -> list[Received]:
    """Every report that had come in, oldest first."""
    end = end_of(as_of)
    rows = Report.objects.filter(received_at__lt=end).order_by("received_at", "pk")
    return [
        Received(pk, day_of(at), source, kind, withdrawn is not None and withdrawn < end)
        for pk, at, source, kind, withdrawn in rows.values_list(
            "pk", "received_at", "source", "kind", "withdrawn_at"
        ).iterator()
    ]


def settled(as_of: date) -> list[Settled]:
    """Every case that had been decided, by its first day of decision."""
    rows = (
        Assessment.objects.filter(is_final=True, at__lt=end_of(as_of))
        .order_by("case_id", "at", "pk")
        .annotate(address=F("case__location__url_index"))
        .only("case_id", "at", "outcome", *_GRADES)
    )
    countries, sources = _countries(as_of), _sources()
    found: dict[UUID, Settled] = {}
    first_confirmed: dict[UUID, date] = {}
    for row in rows.iterator():
        case, day = row.case_id, day_of(row.at)
        stands = row.outcome == Outcome.CONFIRMED
        if stands:
            first_confirmed.setdefault(case, day)
        found[case] = Settled(
            case=case,
            address=row.address or "",
            source=sources.get(case, ""),
            settled_on=found[case].settled_on if case in found else day,
            confirmed_on=first_confirmed[case] if stands else None,
            outcome=row.outcome,
            severity=row.severity,
            age=row.age,
            sex=row.sex,
            made_by=row.made_by,
            self_generated=row.self_generated,
            live_stream=row.live_stream,
            ai_generated=row.ai_generated,
            commercial=row.commercial,
            site_type=row.site_type,
            country=countries.get(case, ("", ""))[0],
            provider=countries.get(case, ("", ""))[1],
        )
    return sorted(found.values(), key=lambda row: (row.settled_on, row.case))


def _countries(as_of: date) -> dict[UUID, tuple[str, str]]:
    """Where each page was hosted when it was first traced, and in which network; the true host where a relay hid it
    at first."""
    first = (
        Trace.objects.filter(at__lt=end_of(as_of))
        .exclude(country="")
        .order_by(F("of").desc(), "at", "pk")  # "true_host" before "page"
        .values_list("case_id", "country", "provider_key")
    )
    found: dict[UUID, tuple[str, str]] = {
        case: (country, "") for case, country in Case.objects.exclude(country="").values_list("pk", "country")
    }
    traced: dict[UUID, tuple[str, str]] = {}
    for case, *place in first.iterator():
        traced.setdefault(case, (place[0], place[1]))
    return found | traced


def _sources() -> dict[UUID, str]:
    """Who sent the first report about each case."""
    found = dict(Case.objects.exclude(report=None).values_list("pk", "report__source"))
    named = Allegation.objects.filter(location__case__isnull=False).order_by("-at", "-pk")
    found.update(named.values_list("location__case", "report__source").iterator())  # the first comes last
    return found


def cases_of_reports(as_of: date) -> dict[UUID, list[UUID]]:
    """Which cases each report led to: that of every address it named, and its own."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    named = Allegation.objects.filter(at__lt=end_of(as_of), location__case__isnull=False)
    for report, case in named.values_list("report_id", "location__case").iterator():
        found[report].append(case)
    for report, case in Case.objects.exclude(report=None).values_list("report_id", "pk").iterator():
        found[report].append(case)
    return found


def episodes(as_of: date) -> list[Episode]:
    """Every episode of every case with an address that stands confirmed, the first and each come-back."""
    end = end_of(as_of)
    standing = [row.case for row in settled(as_of) if row.confirmed_on and row.address]
    told = first_notices(end)
    looks = looks_at(end)
    facts = {
        row[0]: row[1:]
        for row in Case.objects.values_list("pk", "received_at", "episode", "gone_at").iterator()
    }
    return [
        episode
        for case in standing
        for episode in of_case(case, *facts[case], told, looks.get(case, []), end)
    ]


def first_notices(end: datetime, cases: Collection[UUID] | None = None) -> dict[tuple[UUID, int], datetime]:
    """When the first notice about each episode left, of all cases or of these."""
    wanted = NoticeCase.objects.all() if cases is None else NoticeCase.objects.filter(case__in=list(cases))
    rows = (
        wanted.filter(notice__sent_at__lt=end)
        .exclude(step=Notice.Step.RETRACTION)
        .values_list("case_id", "episode")
        .annotate(first=Min("notice__sent_at"))
    )
    return {(case, episode): first for case, episode, first in rows.iterator()}


def looks_at(
    end: datetime, cases: Collection[UUID] | None = None
) -> dict[UUID, list[tuple[int, datetime, str]]]:
    """The looks at pages, oldest first: episode, moment, state; of all cases or of these."""
    wanted = Check.objects.all() if cases is None else Check.objects.filter(case__in=list(cases))
    rows = wanted.filter(at__lt=end).order_by("at", "pk")
    found: dict[UUID, list[tuple[int, datetime, str]]] = defaultdict(list)
    for case, episode, at, state in rows.values_list("case_id", "episode", "at", "state").iterator():
        found[case].append((episode, at, state))
    return found


def of_case(
    case: UUID,
    received_at: datetime,
    last: int,
    gone_at: datetime | None,
    told: dict[tuple[UUID, int], datetime],
    looks: list[tuple[int, datetime, str]],
    end: datetime,
) -> Iterator[Episode]:
    """The episodes of one case that had begun before `end`."""
    began: datetime | None = received_at
    for number in range(1, last + 1):
        if began is None or began >= end:
            return
        mine = [(at, state) for episode, at, state in looks if episode == number]
        removed = gone_at if number == last else _removed(mine)
        known = removed if removed and removed < end else None
        before = [look for look in mine if known is None or look[0] < known]
        moved = next((at for at, state in before if state == Check.State.MOVED), None)
        ups = [at for at, state in before if state == Check.State.UP] if known else []
        yield Episode(case, number, began, told.get((case, number)), known, moved, ups[-1] if ups else None)
        began = mine[-1][0] if mine else None  # the look that saw it again ends an episode


def _removed(looks: list[tuple[datetime, str]]) -> datetime | None:
    """The first of the last row of looks that found the page gone."""
    removed: datetime | None = None
    row: datetime | None = None
    for at, state in looks:
        row = (row or at) if state == Check.State.GONE else None
        removed = row or removed
    return removed
