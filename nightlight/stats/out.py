"""Every report in the form of past reports: our own, then those that were brought, each as it stands now.

A report of ours is a line for each address it names, or one without. A page that came back has a line more for each
time it was up again, whose id says so (`line.tells_come_back`): it is no report. What the form has no words for stays
behind: withdrawals, who was told beside the first notice, and what was known before a correction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, QuerySet

from nightlight.casebook.models import Allegation, Assessment, Case, Report, Sighting
from nightlight.casebook.words import Outcome
from nightlight.referral.models import Outcome as Answer
from nightlight.referral.models import Referral
from nightlight.stats import records
from nightlight.stats.line import CAME_BACK, NAMES, Line
from nightlight.stats.past_models import PastLine
from nightlight.takedown.models import Trace

BATCH = 500
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_GRADES = ("severity", "age", "sex", "made_by", "self_generated", "live_stream", "ai_generated", "commercial")
_PLAIN = tuple(name for name in NAMES if name not in ("id", "url", "outcomes", "media"))


def lines() -> Iterator[Line]:
    """Each report as a line, oldest first; read in batches, so that memory does not grow with them."""
    last: UUID | None = None
    while batch := list(_after(Report.objects.defer("text", "contact"), last)):
        yield from _of_reports(batch)
        last = batch[-1].pk
    later = PastLine.objects.filter(ref=OuterRef("ref"), version__gt=OuterRef("version"))
    newest = PastLine.objects.filter(~Exists(later))
    last = None
    while rows := list(_after(newest, last)):
        yield from map(_of_past, rows)
        last = rows[-1].pk


def _after(rows: "QuerySet[Any]", last: UUID | None) -> "QuerySet[Any]":
    ordered = rows.order_by("pk")
    return (ordered.filter(pk__gt=last) if last else ordered)[:BATCH]


def _of_past(row: PastLine) -> Line:
    return Line(
        id=row.ref,
        url=row.url or "",
        outcomes=tuple((day, what, count) for day, what, count in row.outcomes),
        media=tuple(tuple((name, value) for name, value in entry) for entry in row.media),
        **{name: getattr(row, name) for name in _PLAIN},
    )


@dataclass(slots=True)
class _Told:
    """What the lines about one case say; what counts once is on that of the first report."""

    every: dict[str, Any]
    first: dict[str, Any]
    first_report: UUID | None
    again: list[dict[str, Any]]  # what differs in each later time the page was up


def _of_reports(reports: list[Report]) -> Iterator[Line]:
    keys = [row.pk for row in reports]
    named: dict[UUID, list[tuple[str, UUID | None]]] = defaultdict(list)
    allegations = Allegation.objects.filter(report__in=keys).select_related("location", "location__case")
    for each in allegations.order_by("at", "pk"):
        about = getattr(each.location, "case", None)
        named[each.report_id].append((each.location.url, about.pk if about else None))
    alone = Case.objects.filter(report__in=keys, location=None, report__isnull=False)
    for report, case in alone.values_list("report_id", "pk"):
        if report:
            named[report].append(("", case))
    told = _told({case for rows in named.values() for _url, case in rows if case})
    for row in reports:
        for number, (url, matter) in enumerate(named[row.pk] or [("", None)], 1):
            plain: dict[str, Any] = {
                "source": row.source,
                "kind": row.kind,
                "url": url,
                "channel": row.channel,
            }
            own = told[matter] if matter else None
            if own is None:
                yield Line(id=_id(row.pk, number), received_at=row.received_at, **plain)
                continue
            counts_once = own.first if own.first_report in (None, row.pk) else {}
            yield Line(
                id=_id(row.pk, number), received_at=row.received_at, **plain, **(own.every | counts_once)
            )
            if counts_once is own.first:
                for values in own.again:
                    yield Line(**plain, **(own.every | values))


def _id(report: UUID, number: int) -> str:
    return f"{report}" if number == 1 else f"{report}/{number}"


def _told(cases: Collection[UUID]) -> dict[UUID, _Told]:
    rows = Case.objects.filter(pk__in=cases).defer("location__url")
    found = {row.pk: _Told({}, {}, row.report_id, []) for row in rows}
    for case, report in (
        Allegation.objects.filter(location__case__in=cases)
        .order_by("-at", "-pk")
        .values_list("location__case", "report")
    ):
        found[case].first_report = report
    for case, decisions in _decisions(cases).items():
        found[case].every |= _decided(decisions)
    for row in rows:
        if row.country:
            found[row.pk].every["country"] = row.country
    for case, country in (
        Trace.objects.filter(case__in=cases)
        .exclude(country="")
        .order_by("of", "-at", "-pk")  # the one to count comes last
        .values_list("case", "country")
    ):
        found[case].every["country"] = country
    _add_episodes(found, rows)
    for case, at in Referral.objects.filter(case__in=cases).values_list("case").annotate(Min("prepared_at")):
        found[case].first["referred_at"] = at
    _add_answers(found)
    _add_media(found)
    return found


def _add_episodes(found: dict[UUID, _Told], rows: "QuerySet[Case]") -> None:
    told = records.first_notices(_NEVER, found)
    looks = records.looks_at(_NEVER, found)
    for row in rows:
        mine = found[row.pk]
        if row.location_id is None:
            continue
        for episode in records.of_case(
            row.pk, row.received_at, row.episode, row.gone_at, told, looks.get(row.pk, []), _NEVER
        ):
            values = {"first_notice_at": episode.noticed, "removed_at": episode.removed}
            if episode.number == 1:
                mine.first |= values
            elif mine.every.get("outcome") == Outcome.CONFIRMED:
                decided = max(episode.began, mine.every["assessed_at"])
                key = f"{row.pk}{CAME_BACK}{episode.number}"
                mine.again.append(
                    {"id": key, "received_at": episode.began, "assessed_at": decided, "media": (), **values}
                )


def _add_answers(found: dict[UUID, _Told]) -> None:
    for case, day, what, count in (
        Answer.objects.filter(case__in=list(found))
        .order_by("day", "pk")
        .values_list("case", "day", "what", "count")
    ):
        known = found[case].first.get("outcomes", ())
        found[case].first["outcomes"] = (*known, (day.isoformat(), what, count))


def _add_media(found: dict[UUID, _Told]) -> None:
    for case, *hashes in (
        Sighting.objects.filter(location__case__in=list(found))
        .order_by("pk")
        .values_list("location__case", F("media__sha256"), F("media__pdq"))
    ):
        entry = tuple((name, value) for name, value in zip(("sha256", "pdq"), hashes, strict=True) if value)
        found[case].every["media"] = (*found[case].every.get("media", ()), tuple(sorted(entry)))


def _decisions(cases: Collection[UUID]) -> dict[UUID, list[Assessment]]:
    found: dict[UUID, list[Assessment]] = defaultdict(list)
    for row in Assessment.objects.filter(case__in=cases, is_final=True).order_by("at", "pk").defer("note"):
        found[row.case_id].append(row)
    return found


def _decided(decisions: list[Assessment]) -> dict[str, Any]:
    """The newest decision, on the day of the first that confirmed if it does, else of the first."""
    newest = decisions[-1]
    stands = newest.outcome == Outcome.CONFIRMED
    first = next((row for row in decisions if stands and row.outcome == Outcome.CONFIRMED), decisions[0])
    grades = {name: getattr(newest, name) for name in (*_GRADES, "site_type")} if stands else {}
    return {"assessed_at": first.at, "outcome": newest.outcome, **grades}
