"""What triage does: sort a report into cases, and write down what reading a page gave."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook import events, fingerprints
from nightlight.casebook.known import touch
from nightlight.casebook.models import Allegation, Assessment, Case, Location, Media, Report, Sighting
from nightlight.casebook.nearby import near
from nightlight.casebook.sealed import find
from nightlight.casebook.spellings import understand
from nightlight.casebook.states import move
from nightlight.casebook.words import Outcome, State
from nightlight.net.address import Address
from nightlight.triage import alarms, flood
from nightlight.triage.models import Reading
from nightlight.triage.rank import RANKS, Reason, leading_kind, raised, rank
from nightlight.triage.reading import Seen, Shown
from nightlight.work import clock, due

SORT, READ = "triage.sort", "triage.read"  # the due work; see tasks.py

_UNCONFIRMED = (State.OPEN, State.SECOND_LOOK, State.DISMISSED)


@dataclass(slots=True)
class Sorted:
    """Where a report went: cases it opened, and cases it was merged into."""

    opened: list[Case] = field(default_factory=list)
    merged: list[Case] = field(default_factory=list)


def sort(report_id: UUID | str) -> Sorted:
    """Puts a report where it belongs: each address to its Location and Case, new or known; a report without an
    address to a Case of its own. A dismissed case is open again. Sorting twice changes nothing. One of a flood that
    tells nothing new waits beside the queue instead (flood.py)."""
    done = Sorted()
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        if report.sorted_at is not None:
            return done
        weighed = flood.Weighed() if report.withdrawn_at else flood.weigh(report)
        if weighed.held:
            return done
        if report.withdrawn_at is None:
            _sort(report, done, RANKS[Reason.FLOOD] if weighed.last else rank(report))
        report.sorted_at = clock.now()
        report.save(update_fields=["sorted_at"])
        log.record(
            "triage.sort",
            by="system",
            about=report,
            opened=[case.pk for case in done.opened],
            merged=[case.pk for case in done.merged],
        )
        cases = [*done.opened, *done.merged]
        alarms.raise_for(report, cases, flood.first_case(weighed, cases))
        for case in done.opened:
            events.case_opened.send(sender=Case, case=case)
        for case in done.merged:
            events.case_reported_again.send(sender=Case, case=case, report=report)
    return done


def record_reading(case_id: UUID | str, seen: Seen) -> Reading:
    """Writes down what reading a case's page gave. Media confirmed in another case, or like known ones, make this
    one more urgent, and decide nothing."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        rehashed: list[UUID] = []
        media = [_sight(shown, case.location, rehashed) for shown in seen.shown] if case.location else []
        known = _known(media, case)
        alike = _alike(media)
        if known or alike:
            case.priority = raised(case.priority, Reason.KNOWN_MEDIA)
            case.save(update_fields=["priority"])
        reading = Reading.objects.create(
            case=case,
            at=clock.now(),
            outcome=seen.outcome,
            status=seen.status,
            title=seen.title,
            text=seen.text,
            media_listed=seen.listed,
            media_read=len(media),
            media_known=known,
            media_alike=alike,
            media_unhashed=sum(bool(each.unhashed) for each in media),
        )
        log.record(
            "triage.read",
            by="system",
            about=case,
            outcome=seen.outcome,
            media=len(media),
            known=known,
            alike=alike,
        )
        touch(rehashed, rehashed=True)
    return reading


def read_again(case: Case, by: Person) -> None:
    """Asks for another reading of a case's page, such as after a mandate was recorded."""
    with transaction.atomic():
        ask_reading(case)
        log.record("triage.read_again", by=by, about=case)


def ask_reading(case: Case) -> None:
    """Queues the reading of a case's page, once, in the caller's transaction."""
    if case.location_id is not None:
        due.enqueue(READ, key=f"{READ}:{case.pk}", case_id=case.pk)


def _sort(report: Report, done: Sorted, place: int) -> None:
    """`place` is the rank it asks for."""
    understood, _ = understand(json.loads(report.addresses or "[]"))
    if not understood:
        done.opened.append(Case.objects.create(report=report, **_first(report, place)))
        return
    # Always in the same order, so that two reports of the same addresses never wait for one another in a circle.
    for spelling, address in sorted(understood, key=lambda pair: find("url", pair[1].url)):
        location = _locate(address)
        Allegation.objects.create(
            report=report, location=location, as_reported=spelling, at=report.received_at
        )
        case, is_new = Case.objects.get_or_create(location=location, defaults=_first(report, place))
        if is_new:
            done.opened.append(case)
        else:
            done.merged.append(_merge(case, report, place))


def _first(report: Report, place: int) -> dict[str, object]:
    return {
        "kind": report.kind,
        "priority": place,
        "danger_now": report.happening_now,
        "received_at": report.received_at,
        "changed_at": clock.now(),
    }


def _locate(address: Address) -> Location:
    location, _ = Location.objects.get_or_create(
        url_index=find("url", address.url),
        defaults={
            "url": address.url,
            "host": address.host,
            "domain": address.domain,
            "tld": address.tld,
            "first_seen": clock.now(),
        },
    )
    return location


def _merge(case: Case, report: Report, place: int) -> Case:
    case = Case.objects.select_for_update().get(pk=case.pk)
    case.priority = min(case.priority, place)
    case.kind = leading_kind((case.kind, report.kind))
    case.danger_now = case.danger_now or report.happening_now
    case.received_at = min(case.received_at, report.received_at)
    if case.state == State.ON_HOLD and case.held_from == State.DISMISSED:
        case.held_from = State.OPEN
    case.save(update_fields=["priority", "kind", "danger_now", "received_at", "held_from"])
    if case.state == State.DISMISSED:
        case = move(case, State.OPEN)
        ask_reading(case)
    return case


def _sight(shown: Shown, location: Location, rehashed: list[UUID]) -> Media:
    now = clock.now()
    media, _ = Media.objects.get_or_create(
        sha256=shown.digests.sha256,
        defaults={
            "sha1": shown.digests.sha1,
            "md5": shown.digests.md5,
            "size": shown.digests.size,
            "mime": shown.mime,
            "first_seen": now,
        },
    )
    if fingerprints.keep(media, shown.prints, shown.unhashed):
        rehashed.append(media.pk)
    Sighting.objects.get_or_create(media=media, location=location, defaults={"at": now})
    return media


def _known(media: Iterable[Media], case: Case) -> int:
    """How many of these media a final decision confirmed in another case that still stands."""
    confirmed = (
        Assessment.objects.filter(outcome=Outcome.CONFIRMED, is_final=True)
        .exclude(case=case)
        .exclude(case__state__in=_UNCONFIRMED)
    )
    return Media.objects.filter(
        Exists(confirmed.filter(media=OuterRef("pk"))), pk__in=[each.pk for each in media]
    ).count()


def _alike(media: Iterable[Media]) -> int:
    """How many of these media are like one that two people confirmed, those left out that are to match nothing."""
    return sum(any(each.never is None for each in found) for found in near(media).values())
