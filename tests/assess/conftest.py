"""Cases as triage would leave them, and decisions in one line."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.assess.decision import Decision
from nightlight.casebook.models import Allegation, Case, Location, Media, Report, Sighting
from nightlight.casebook.words import Outcome, ReportKind, Severity
from nightlight.work import clock

MakeCase = Callable[..., Case]
MakePerson = Callable[..., Person]


@pytest.fixture
def make_case(home: None) -> MakeCase:
    """`make_case(media=2, reports=3)`: an open case about an address, or `address=False` about a report alone."""
    made = 0

    def make(*, media: int = 0, reports: int = 1, address: bool = True, **fields: Any) -> Case:
        nonlocal made
        made += 1
        now = clock.now()
        sent = [_report(f"{made}-{number}") for number in range(reports)]
        values = {"kind": ReportKind.MATERIAL, "priority": 2, "received_at": now, "changed_at": now, **fields}
        if not address:
            return Case.objects.create(report=sent[0], **values)
        host = f"site{made}.example"
        location = Location.objects.create(
            url=f"http://{host}/page", host=host, domain=host, tld="example", first_seen=now
        )
        for report in sent:
            Allegation.objects.create(report=report, location=location, as_reported=location.url, at=now)
        for number in range(media):
            sight(location, f"{made}/{number}")
        return Case.objects.create(location=location, **values)

    return make


def _report(name: str) -> Report:
    return Report.objects.create(
        received_at=clock.now(),
        kind=ReportKind.MATERIAL,
        receipt_digest=hashlib.sha256(name.encode()).hexdigest(),
    )


def sight(location: Location, name: str) -> Media:
    """A media, the same for the same name, seen at an address."""
    media, _ = Media.objects.get_or_create(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        defaults={"mime": "image/png", "first_seen": clock.now()},
    )
    Sighting.objects.create(media=media, location=location, at=clock.now())
    return media


def sha256s(case: Case) -> tuple[str, ...]:
    """The media at a case's address, by SHA-256."""
    return tuple(
        Media.objects.filter(sightings__location=case.location_id)
        .order_by("pk")
        .values_list("sha256", flat=True)
    )


def confirmed(severity: str = "B", **fields: Any) -> Decision:
    """A decision that confirms."""
    return Decision(Outcome.CONFIRMED, Severity(severity), **fields)


def dismissed(outcome: Outcome = Outcome.NOT_FOUND) -> Decision:
    """A decision that does not."""
    return Decision(outcome)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What was announced, in order: the name and, of media, the SHA-256, else the case's id."""
    from nightlight.casebook import events

    heard: list[tuple[str, Any]] = []
    for name in events.LISTENERS:
        signal = getattr(events, name)

        def hear(sender: object, name: str = name, **sent: Any) -> None:
            heard.append((name, sent["media"].sha256 if name == "media_confirmed" else sent["case"].pk))

        monkeypatch.setattr(signal, "receivers", [])
        monkeypatch.setattr(signal, "sender_receivers_cache", {})
        signal.connect(hear, weak=False)
    return heard
