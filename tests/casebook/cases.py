"""Cases as the stages before would leave them, for the tests of the stages after. Shapes and fictional hosts only."""

import hashlib
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest

from nightlight.accounts.models import Person
from nightlight.casebook import events, known, states
from nightlight.casebook.models import Allegation, Assessment, Case, Location, Media, Report, Sighting
from nightlight.casebook.words import Outcome, ReportKind, Source, State
from nightlight.net.address import canonical
from nightlight.work import clock

_people = 0


def analyst(*roles: str) -> Person:
    """A new person, an analyst if nothing else is said."""
    global _people
    _people += 1
    return Person.objects.create_user(
        f"case{_people}@hotline.test", "correct horse battery", roles=list(roles) or ["analyst"]
    )


def asked_by(who: Person) -> HttpRequest:
    """A request of this person, for what a panel shows them."""
    request = HttpRequest()
    request.user = who
    return request


def report(at: datetime | None = None, source: str = Source.PUBLIC, **fields: Any) -> Report:
    """A report; nothing is announced."""
    count = Report.objects.count()
    values = {"kind": ReportKind.MATERIAL, "receipt_digest": f"digest-{count}", **fields}
    return Report.objects.create(received_at=at or clock.now(), source=source, **values)


def page_case(url: str, at: datetime | None = None, **fields: Any) -> Case:
    """An open case about a web address."""
    found, now = canonical(url), at or clock.now()
    location = Location.objects.create(
        url=found.url, host=found.host, domain=found.domain, tld=found.tld, first_seen=now
    )
    values = {"kind": ReportKind.MATERIAL, "priority": 5, "received_at": now, "changed_at": now, **fields}
    return Case.objects.create(location=location, **values)


def reported(url: str, at: datetime | None = None, source: str = Source.PUBLIC, **fields: Any) -> Case:
    """An open case about a web address, with the report that brought it."""
    sent = report(at, source)
    case = page_case(url, at, **fields)
    Allegation.objects.create(report=sent, location=case.location, as_reported=url, at=sent.received_at)
    return case


def medium(case: Case, name: str = "square", **fields: Any) -> Media:
    """A media that was seen at the case's address, known by the hashes of its name."""
    raw = name.encode()
    media, _ = Media.objects.get_or_create(
        sha256=hashlib.sha256(raw).hexdigest(),
        defaults={
            "sha1": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
            "md5": hashlib.md5(raw, usedforsecurity=False).hexdigest(),
            "pdq": hashlib.sha256(b"pdq" + raw).hexdigest(),
            "first_seen": clock.now(),
            **fields,
        },
    )
    Sighting.objects.get_or_create(media=media, location=case.location, defaults={"at": clock.now()})
    return media


@transaction.atomic
def confirm(
    case: Case, *people: Person, media: tuple[Media, ...] = (), at: datetime | None = None, **fields: Any
) -> Assessment:
    """People (a new one if none is named) look one after the other; the last look settles and is announced."""
    roles = (Assessment.Role.FIRST, Assessment.Role.SECOND, Assessment.Role.SENIOR)
    moment = at or clock.now()
    number = 1 + case.assessments.filter(is_final=True).count()
    looks = people or (analyst(),)
    grades = {"severity": "B", "age": "11-13", "sex": "girls", "made_by": "adult_present", **fields}
    for role, by in zip(roles, looks, strict=False):
        look = Assessment.objects.create(
            case=case,
            role=role,
            episode=case.episode,
            round=number,
            by=by,
            at=moment,
            outcome=Outcome.CONFIRMED,
            is_final=by == looks[-1],
            **grades,
        )
        look.media.set(media)
    states.move(case, State.CONFIRMED)
    case.confirmed_at = case.confirmed_at or moment
    case.save(update_fields=["confirmed_at"])
    events.case_confirmed.send(sender=Case, case=case, assessment=look)
    if len(looks) > 1:
        for one in media:
            events.media_confirmed.send(sender=Media, media=one, case=case, assessment=look)
    known.touch_case(case)
    return look


@transaction.atomic
def correct(case: Case, by: Person | None = None) -> Assessment:
    """The decision was wrong: the case is dismissed, and that is announced."""
    settled = Assessment.objects.create(
        case=case,
        role=Assessment.Role.CORRECTION,
        episode=case.episode,
        round=1 + case.assessments.filter(is_final=True).count(),
        by=by or analyst("manager"),
        at=clock.now(),
        outcome=Outcome.NOT_ILLEGAL,
        is_final=True,
    )
    states.move(case, State.DISMISSED)
    case.confirmed_at = None
    case.save(update_fields=["confirmed_at"])
    events.case_corrected.send(sender=Case, case=case, assessment=settled)
    known.touch_case(case)
    return settled


@transaction.atomic
def gone(case: Case) -> None:
    """The page is gone."""
    states.move(case, State.GONE)
    case.gone_at = clock.now()
    case.save(update_fields=["gone_at"])
    events.page_gone.send(sender=Case, case=case)


@transaction.atomic
def returned(case: Case) -> None:
    """What was confirmed stands there again: a new episode."""
    states.move(case, State.CONFIRMED)
    case.episode, case.gone_at = case.episode + 1, None
    case.save(update_fields=["episode", "gone_at"])
    events.page_returned.send(sender=Case, case=case)


def only(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets no other stage hear the announcements, so that a test of one stage does the work of that stage."""
    for name in events.LISTENERS:
        signal = getattr(events, name)
        kept = [entry for entry in signal.receivers if str(entry[0][0]).startswith(f"{stage}.")]
        monkeypatch.setattr(signal, "receivers", kept)
        monkeypatch.setattr(signal, "sender_receivers_cache", {})
