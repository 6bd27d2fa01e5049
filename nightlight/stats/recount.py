"""A plain recount: every cell of the ledger counted anew from the records as they stood on a day.

Slow and simple on purpose, and apart from how the ledger is kept: it knows nothing of changes, marks or versions that
follow one another, only what held at the end of the day. `nightlight stats --check` compares the two.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q, Sum

from nightlight.casebook.models import Allegation
from nightlight.casebook.words import Outcome
from nightlight.referral.models import Outcome as Answer
from nightlight.stats import cells, flagged, own, records, recount_more
from nightlight.stats.cells import BEFORE, Cell, Grades, day_of
from nightlight.stats.ledger_models import Change, MonthChange
from nightlight.stats.line import tells_come_back
from nightlight.stats.past_models import PastLine
from nightlight.stats.records import Settled
from nightlight.takedown.models import Notice, NoticeCase, Trace

_COLUMNS = ("table", "known_on", "counted_on", "a", "b", "c", "n")


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that the ledger and the recount do not agree on."""

    cell: Cell
    ledger: int
    recount: int


def compare(as_of: date) -> list[Difference]:
    """Every cell on which the ledger and a full recount differ, as known at the end of a day; none if all is well."""
    own.count_marked()
    kept, plain = of_ledger(as_of), of_records(as_of)
    return _months_that_differ() + [
        Difference(cell, kept[cell], plain[cell])
        for cell in sorted(kept.keys() | plain.keys())
        if kept[cell] != plain[cell]
    ]


def _months_that_differ() -> list[Difference]:
    """Where the ledger's months are not the sums of its days."""
    months: Counter[tuple[date, Cell]] = Counter()
    for table, known, counted, a, b, c, n in MonthChange.objects.values_list(*_COLUMNS).iterator():
        months[known, (table, counted, a, b, c)] += n
    days: Counter[tuple[date, Cell]] = Counter()
    for table, known, counted, a, b, c, n in Change.objects.values_list(*_COLUMNS).iterator():
        days[known.replace(day=1), (table, counted.replace(day=1), a, b, c)] += n
    return [
        Difference(key[1], months[key], days[key])
        for key in sorted(months.keys() | days.keys())
        if months[key] != days[key]
    ]


def of_ledger(as_of: date) -> Counter[Cell]:
    """What the ledger says of each cell and day."""
    rows = Change.objects.filter(known_on__lte=as_of).order_by()
    found = rows.values_list("table", "counted_on", "a", "b", "c").annotate(total=Sum("n"))
    return Counter({(table, day, a, b, c): int(total) for table, day, a, b, c, total in found if total})


def of_records(as_of: date) -> Counter[Cell]:
    """What the records say of each cell and day."""
    found: Counter[Cell] = Counter()
    _own_reports(found, as_of)
    cases = {row.address or str(row.case): row for row in records.settled(as_of)}
    for address, rows in _held_lines(as_of):
        case = cases.pop(address, None) if address else None
        _unit(found, rows, case, as_of)
    for case in cases.values():
        _unit(found, [], case, as_of)
    places = {row.case: row for row in records.settled(as_of)}
    for episode in records.episodes(as_of):
        which = "came_back" if episode.number > 1 else "first"
        place = places[episode.case]
        _episode(found, which, episode.began, episode.noticed, episode.removed, place.country)
        _looked(found, episode, place.provider)
    _flagged(found, as_of)
    end = records.end_of(as_of)
    for day, what, count in Answer.objects.filter(at__lt=end).values_list("day", "what", "count"):
        _answer(found, day, what, count, as_of)
    recount_more.count(found, end)
    return Counter({cell: n for cell, n in found.items() if n})


def _own_reports(found: Counter[Cell], as_of: date) -> None:
    named: Counter[object] = Counter(
        Allegation.objects.filter(at__lt=records.end_of(as_of)).values_list("report", flat=True).iterator()
    )
    settled = {row.case: row for row in records.settled(as_of)}
    about = records.cases_of_reports(as_of)
    for report in records.received(as_of):
        found["reports", report.day, report.source, report.kind, ""] += max(1, named[report.id])
        decided = [settled[case] for case in about.get(report.id, []) if case in settled]
        steps = {
            "received": max(1, named[report.id]),
            "decided": len(decided),
            "confirmed": sum(case.confirmed_on is not None for case in decided),
            "withdrawn": max(1, named[report.id]) if report.withdrawn else 0,
        }
        for step, n in steps.items():
            found["receipts", report.day, report.source, step, ""] += n


def _held_lines(as_of: date) -> Iterator[tuple[str, list[PastLine]]]:
    """The lines that held at the end of a day, those about one address together; those without one each alone."""
    end = records.end_of(as_of)
    later = PastLine.objects.filter(ref=OuterRef("ref"), version__gt=OuterRef("version"), recorded_at__lt=end)
    held = PastLine.objects.filter(~Exists(later)).filter(Q(version=1) | Q(recorded_at__lt=end)).defer("url")
    rows = held.order_by("url_index", "ref").iterator(2000)
    for address, some in groupby(rows, key=lambda row: row.url_index):
        if address:
            yield address, list(some)
        else:
            yield from (("", [row]) for row in some)


def _unit(found: Counter[Cell], lines: list[PastLine], case: Settled | None, as_of: date) -> None:
    for line in lines:
        if not tells_come_back(line.ref):
            _line(found, line, as_of)
    decided = sorted(
        (row for row in lines if row.outcome and day_of(_decided(row)) <= as_of),
        key=lambda row: (_decided(row), row.received_at, row.ref),
    )
    right = [row for row in decided if row.outcome == Outcome.CONFIRMED]
    if not decided and not case:
        return
    of_case = case if case and case.confirmed_on else None
    if right or of_case:
        _confirmed(found, right, of_case)
    else:
        claims = [(day_of(_decided(row)), row.source) for row in decided]
        outcome = decided[-1].outcome if decided else ""
        if case:
            claims.append((case.settled_on, case.source))
            outcome = case.outcome
        day, source = min(claims, key=lambda claim: claim[0])
        found["decided", day, outcome, source, ""] += 1
    if not of_case:
        _line_episodes(found, right, as_of)


def _confirmed(found: Counter[Cell], right: list[PastLine], case: Settled | None) -> None:
    if case and case.confirmed_on and not (right and day_of(_decided(right[0])) < case.confirmed_on):
        grades = _grades(case, case.confirmed_on)
    else:
        grades = _grades(right[0], day_of(_decided(right[0])))
    found.update(cells.confirmed(grades))
    found["decided", grades.day, Outcome.CONFIRMED.value, grades.source, ""] += 1


def _grades(row: PastLine | Settled, day: date) -> Grades:
    return Grades(
        day=day,
        source=row.source,
        severity=row.severity,
        age=row.age,
        sex=row.sex,
        made_by=row.made_by,
        own=row.self_generated,
        live_stream=row.live_stream,
        ai_generated=row.ai_generated,
        commercial=row.commercial,
        site_type=row.site_type,
        country=row.country,
    )


def _line(found: Counter[Cell], row: PastLine, as_of: date) -> None:
    received = day_of(row.received_at)
    if received <= as_of:
        found["reports", received, row.source, row.kind, ""] += 1
        found["receipts", received, row.source, "received", ""] += 1
    if row.outcome and day_of(_decided(row)) <= as_of:
        found["receipts", received, row.source, "decided", ""] += 1
        found["receipts", received, row.source, "confirmed", ""] += row.outcome == Outcome.CONFIRMED
    for text, what, count in row.outcomes:
        _answer(found, date.fromisoformat(text), what, count, as_of)


def _line_episodes(found: Counter[Cell], right: Iterable[PastLine], as_of: date) -> None:
    """A page is up from the receipt of a line until it was removed; a line received and decided after that is about
    its coming back."""
    gone: datetime | None = None
    seen = 0
    for row in sorted(right, key=lambda row: (row.received_at, row.ref)):
        if not row.url_index or row.unit != "url" or day_of(row.received_at) > as_of:
            continue
        if seen and not (gone and row.received_at > gone and _decided(row) > gone):
            continue
        seen += 1
        gone = _known(row.removed_at, as_of)
        which = "first" if seen == 1 else "came_back"
        _episode(found, which, row.received_at, _known(row.first_notice_at, as_of), gone, row.country)


def _episode(
    found: Counter[Cell],
    which: str,
    began: datetime,
    noticed: datetime | None,
    removed: datetime | None,
    country: str,
) -> None:
    place = country or cells.UNKNOWN_COUNTRY
    found["removal", day_of(began), "receipt", which, cells.span(began, removed)] += 1
    if removed and (noticed is None or removed < noticed):
        found["removal", day_of(began), "notice", which, BEFORE] += 1
        found["removal_in", day_of(began), place, BEFORE, ""] += 1
    elif noticed:
        found["removal", day_of(noticed), "notice", which, cells.span(noticed, removed)] += 1
        found["removal_in", day_of(noticed), place, _bound(noticed, removed), ""] += 1


def _bound(noticed: datetime, removed: datetime | None) -> str:
    took = None if removed is None else (removed - noticed).total_seconds() / 3600
    bounds = (("24", 24), ("72", 72), ("240", 240))
    return "up" if took is None else next((name for name, most in bounds if took <= most), "later")


def _looked(found: Counter[Cell], episode: records.Episode, provider: str) -> None:
    noticed, removed = episode.noticed, episode.removed
    gone_before = removed is not None and (noticed is None or removed < noticed)
    starts = [("receipt", episode.began), *([("notice", noticed)] if noticed and not gone_before else [])]
    for clock, start in starts:
        took = cells.span(start, removed)
        if episode.moved:
            found["moves", day_of(start), clock, cells.span(start, episode.moved), took] += 1
        elif removed and episode.sure and cells.span(start, episode.sure) != took:
            found["sooner", day_of(start), clock, took, cells.span(start, episode.sure)] += 1
    if provider and gone_before:
        found["removal_by", day_of(episode.began), provider, BEFORE, ""] += 1
    elif provider and noticed:
        found["removal_by", day_of(noticed), provider, _bound(noticed, removed), ""] += 1


def _flagged(found: Counter[Cell], as_of: date) -> None:
    end = records.end_of(as_of)
    told, looks = records.first_notices(end), records.looks_at(end)
    rows = NoticeCase.objects.filter(
        notice__sent_at__lt=end, notice__role__in=flagged.PROVIDERS, step__in=flagged.STEPS
    )
    for row in rows.select_related("notice", "case").defer("notice__body"):
        case, at = row.case, row.notice.sent_at or end
        traces = Trace.objects.filter(case=case, at__lte=at).exclude(country="").exclude(provider_key="")
        newest = traces.order_by("-at", F("of").desc(), "pk").first()
        times = records.of_case(
            case.pk, case.received_at, case.episode, case.gone_at, told, looks.get(case.pk, []), end
        )
        back = NoticeCase.objects.filter(
            case=case,
            episode=row.episode,
            recipient_index=row.recipient_index,
            step=Notice.Step.RETRACTION,
            notice__sent_at__isnull=False,
            notice__role__in=flagged.PROVIDERS,
        ).first()
        said = tuple(row.notice.answers.order_by("at", "pk").values_list("at", "what"))
        sent = flagged.Sent(at, row.episode, said, back.notice.sent_at if back else None)
        episode = next((each for each in times if each.number == row.episode), None)
        came = flagged.action(sent, episode, end)
        found["flagged", day_of(at), newest.provider_key if newest else flagged.UNKNOWN, case.kind, came] += 1


def _answer(found: Counter[Cell], day: date, what: str, count: int, as_of: date) -> None:
    if day <= as_of:
        found["police", day, what, "answers", ""] += 1
        found["police", day, what, "count", ""] += count


def _decided(row: PastLine) -> datetime:
    return row.assessed_at or row.received_at


def _known(at: datetime | None, as_of: date) -> datetime | None:
    return at if at and day_of(at) <= as_of else None
