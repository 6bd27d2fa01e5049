"""What a receipt tells, and that nobody can probe with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from nightlight.accounts.models import Person
from nightlight.casebook.models import Allegation, Assessment, Case, Location, Report
from nightlight.casebook.states import move
from nightlight.casebook.words import Outcome, ReportKind, Source, State
from nightlight.intake import progress as module
from nightlight.intake import verbs
from nightlight.intake.progress import Stage, progress
from nightlight.work import clock


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "NIGHTLIGHT", replace(django_settings.NIGHTLIGHT, limits=True))


def location() -> Location:
    return Location.objects.create(
        url="http://a.example/x", host="a.example", domain="a.example", tld="example", first_seen=clock.now()
    )


def reported(
    place: Location, kind: ReportKind = ReportKind.MATERIAL, source: Source = Source.PUBLIC
) -> Report:
    report = verbs.receive(kind, urls=[place.url], source=source).report
    Allegation.objects.create(report=report, location=place, as_reported=place.url, at=clock.now())
    Case.objects.get_or_create(
        location=place,
        defaults={"kind": kind, "priority": 5, "received_at": clock.now(), "changed_at": clock.now()},
    )
    Report.objects.filter(pk=report.pk).update(sorted_at=clock.now())
    report.refresh_from_db()
    return report


def decided(place: Location, person: Person, outcome: Outcome) -> Case:
    case = Case.objects.get(location=place)
    Assessment.objects.create(case=case, by=person, at=clock.now(), outcome=outcome, is_final=True)
    return move(case, State.CONFIRMED if outcome == Outcome.CONFIRMED else State.DISMISSED)


def later(hours: float) -> None:
    clock.run(clock.now() + timedelta(hours=hours), None)


def test_a_report_that_is_not_sorted_yet_is_received(home: None) -> None:
    report = verbs.receive(ReportKind.OTHER).report

    assert progress(report).stage == Stage.RECEIVED


def test_a_sorted_report_is_in_review_until_a_person_decides(
    home: None, someone: Callable[..., Person]
) -> None:
    place = location()
    report = reported(place)

    before = progress(report).stage
    decided(place, someone("analyst"), Outcome.NOT_ILLEGAL)

    assert (before, progress(report).stage) == (Stage.IN_REVIEW, Stage.CLOSED)


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.NOT_ILLEGAL])
def test_an_ordinary_reporter_never_learns_which_way_it_was_decided(
    home: None, someone: Callable[..., Person], outcome: Outcome
) -> None:
    place = location()
    report = reported(place)

    decided(place, someone("analyst"), outcome)

    assert progress(report).stage == Stage.CLOSED


@pytest.mark.parametrize("kind", [ReportKind.MATERIAL, ReportKind.OWN_IMAGE])
def test_a_decision_from_before_the_report_does_not_show(
    home: None, someone: Callable[..., Person], kind: ReportKind
) -> None:
    place = location()
    reported(place)
    case = decided(place, someone("analyst"), Outcome.CONFIRMED)
    move(case, State.NOTICED)

    probe = reported(place, kind)

    assert progress(probe).stage == Stage.IN_REVIEW


def test_a_report_about_something_decided_before_closes_after_one_to_three_days(
    home: None, someone: Callable[..., Person]
) -> None:
    place = location()
    reported(place)
    decided(place, someone("analyst"), Outcome.CONFIRMED)
    probe = reported(place)

    later(24)
    after_one_day = progress(probe).stage
    later(48)

    assert (after_one_day, progress(probe).stage) == (Stage.IN_REVIEW, Stage.CLOSED)


def test_with_limits_on_a_decision_shows_later_than_it_was_made(
    home: None, someone: Callable[..., Person], limited: None
) -> None:
    place = location()
    report = reported(place)

    decided(place, someone("analyst"), Outcome.CONFIRMED)
    at_once = progress(report).stage
    later(module.SHOWN_WITHIN.total_seconds() / 3600)

    assert (at_once, progress(report).stage) == (Stage.IN_REVIEW, Stage.CLOSED)


@pytest.mark.parametrize(
    ("kind", "source"),
    [(ReportKind.OWN_IMAGE, Source.PUBLIC), (ReportKind.MATERIAL, Source.HOTLINE)],
)
def test_a_young_person_and_a_partner_can_follow_the_removal(
    home: None, someone: Callable[..., Person], kind: ReportKind, source: Source
) -> None:
    place = location()
    report = reported(place, kind, source)

    case = decided(place, someone("analyst"), Outcome.CONFIRMED)
    stages = [progress(report).stage]
    for state in (State.NOTICED, State.GONE):
        move(case, state)
        stages.append(progress(report).stage)

    assert stages == [Stage.CONFIRMED, Stage.IN_REMOVAL, Stage.REMOVED]


def test_a_report_taken_back_is_closed(home: None) -> None:
    received = verbs.receive(ReportKind.OTHER)

    report = verbs.withdraw(received.receipt)

    assert progress(report).stage == Stage.CLOSED
