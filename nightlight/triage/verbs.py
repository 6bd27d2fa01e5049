"""What triage does: sort a report into cases, and write down what reading a page gave."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook import fingerprints
from nightlight.casebook.known import touch
from nightlight.casebook.models import Assessment, Case, Location, Media, Sighting
from nightlight.casebook.nearby import near
from nightlight.casebook.words import Outcome, State
from nightlight.triage.asked import READ as READ
from nightlight.triage.asked import SORT as SORT
from nightlight.triage.asked import ask_reading as ask_reading
from nightlight.triage.models import Reading
from nightlight.triage.rank import Reason, raised
from nightlight.triage.reading import Seen, Shown
from nightlight.triage.sheets import read
from nightlight.triage.sorting import Sorted as Sorted
from nightlight.triage.sorting import sort_all
from nightlight.work import clock

_UNCONFIRMED = (State.OPEN, State.SECOND_LOOK, State.DISMISSED)


def sort(report_id: UUID | str) -> Sorted:
    """Puts a report where it belongs: each address to its Location and Case, new or known; a report without an
    address to a Case of its own. A dismissed case is open again. Sorting twice changes nothing. One of a flood that
    tells nothing new waits beside the queue instead (flood.py). Raises Report.DoesNotExist."""
    return sort_all(read([report_id]))[0]


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
