"""Sorting reports into cases: one case for one place, however often and however it is reported."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook import events
from nightlight.casebook.models import Allegation, Assessment, Case, Location, Report
from nightlight.casebook.states import move
from nightlight.casebook.words import Outcome, ReportKind, State
from nightlight.intake.verbs import Hash, receive, withdraw
from nightlight.triage import verbs
from nightlight.triage.rank import KIND_RANKS, RANKS, WHY, Reason
from nightlight.work import clock, due
from nightlight.work.models import Work

URL = "http://a.example/x"
Announced = list[tuple[str, Case]]


@pytest.fixture
def announced() -> Iterator[Announced]:
    heard: Announced = []

    def opened(case: Case, **_: Any) -> None:
        heard.append(("opened", case))

    def again(case: Case, report: Report, **_: Any) -> None:
        heard.append(("again", case))

    events.case_opened.connect(opened)
    events.case_reported_again.connect(again)
    yield heard
    events.case_opened.disconnect(opened)
    events.case_reported_again.disconnect(again)


def report(*urls: str, kind: ReportKind = ReportKind.MATERIAL, now: bool = False) -> Report:
    return receive(kind, urls=urls, happening_now=now).report


def dismissed(someone: Callable[..., Person]) -> Case:
    verbs.sort(report(URL).pk)
    case = Case.objects.get()
    Assessment.objects.create(
        case=case, by=someone("analyst"), at=clock.now(), outcome=Outcome.NOT_FOUND, is_final=True
    )
    return move(case, State.DISMISSED)


def test_a_received_report_is_queued_to_be_sorted_once(home: None) -> None:
    received = report(URL)

    assert Work.objects.get(task="triage.sort").args == {"report_id": str(received.pk)}


def test_an_address_becomes_one_location_with_one_case(home: None, announced: Announced) -> None:
    first = report("HTTP://A.EXAMPLE:80/%78#top")

    verbs.sort(first.pk)

    case = Case.objects.get()
    assert case.location is not None
    assert (case.location.url, case.location.tld) == (URL, "example")
    assert Allegation.objects.get().as_reported == "HTTP://A.EXAMPLE:80/%78#top"
    assert announced == [("opened", case)]


def test_the_same_address_again_is_merged_and_announced(home: None, announced: Announced) -> None:
    verbs.sort(report(URL).pk)

    verbs.sort(report("hxxp://a[.]example/x").pk)

    case = Case.objects.get()
    assert (Location.objects.count(), Allegation.objects.count()) == (1, 2)
    assert announced == [("opened", case), ("again", case)]


def test_sorting_twice_changes_nothing(home: None, announced: Announced) -> None:
    one = report(URL, "http://b.example/")

    verbs.sort(one.pk)
    verbs.sort(one.pk)

    assert (Case.objects.count(), Allegation.objects.count(), len(announced)) == (2, 2, 2)
    assert Entry.objects.filter(verb="triage.sort").count() == 1


@pytest.mark.parametrize("urls", [[], ["no address at all"]])
def test_a_report_without_an_address_becomes_a_case_of_its_own(home: None, urls: list[str]) -> None:
    verbs.sort(report(*urls, kind=ReportKind.GROOMING).pk)

    case = Case.objects.get()
    assert case.location is None
    assert case.report == Report.objects.get()
    assert not Work.objects.filter(task="triage.read").exists()


def test_a_report_with_hashes_only_becomes_a_case_of_its_own(home: None) -> None:
    received = receive(ReportKind.OWN_IMAGE, hashes=[Hash("sha256", "ab" * 32)])

    verbs.sort(received.report.pk)

    assert Case.objects.get().report == received.report


def test_a_report_taken_back_before_it_was_sorted_opens_nothing(home: None) -> None:
    received = receive(ReportKind.MATERIAL, urls=[URL])
    withdraw(received.receipt)

    verbs.sort(received.report.pk)

    assert Case.objects.count() == 0


def test_a_dismissed_case_is_open_again_when_it_is_reported_again(
    home: None, someone: Callable[..., Person]
) -> None:
    dismissed(someone)
    Work.objects.all().delete()

    verbs.sort(report(URL).pk)

    assert Case.objects.get().state == State.OPEN
    assert Work.objects.filter(task="triage.read").count() == 1


def test_a_dismissed_case_on_hold_is_open_again_once_the_hold_ends(
    home: None, someone: Callable[..., Person]
) -> None:
    move(dismissed(someone), State.ON_HOLD)

    verbs.sort(report(URL).pk)

    case = Case.objects.get()
    assert (case.state, case.held_from) == (State.ON_HOLD, State.OPEN)


def test_a_confirmed_case_stays_confirmed_when_it_is_reported_again(home: None) -> None:
    verbs.sort(report(URL).pk)
    move(Case.objects.get(), State.CONFIRMED)

    verbs.sort(report(URL).pk)

    assert Case.objects.get().state == State.CONFIRMED


def test_a_merged_report_can_raise_the_urgency_and_never_lower_it(home: None) -> None:
    verbs.sort(report(URL).pk)
    before = Case.objects.get().priority

    verbs.sort(report(URL, kind=ReportKind.OTHER, now=True).pk)
    verbs.sort(report(URL, kind=ReportKind.OTHER).pk)

    case = Case.objects.get()
    assert (before, case.priority) == (RANKS[Reason.MATERIAL], 0)
    assert case.danger_now
    assert case.kind == ReportKind.MATERIAL


def test_danger_now_comes_before_every_kind_and_each_kind_has_a_rank_of_its_own() -> None:
    ranks = list(RANKS.values())

    assert RANKS[Reason.DANGER_NOW] == 0
    assert all(lower < higher for lower, higher in pairwise(ranks))
    assert len(set(KIND_RANKS.values())) == len(ReportKind)
    assert set(WHY) == set(Reason)


def test_the_log_of_sorting_names_cases_and_no_address(home: None) -> None:
    verbs.sort(report(URL).pk)

    entry = Entry.objects.get(verb="triage.sort")
    assert entry.facts == {"opened": [str(Case.objects.get().pk)], "merged": []}


def test_if_a_listener_fails_the_report_is_not_sorted(home: None) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    one = report(URL)
    events.case_opened.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            verbs.sort(one.pk)
    finally:
        events.case_opened.disconnect(fail)

    assert Case.objects.count() == Location.objects.count() == 0
    assert Report.objects.get().sorted_at is None


def test_reading_again_is_queued_once_and_logged(home: None, someone: Callable[..., Person]) -> None:
    verbs.sort(report(URL).pk)
    person = someone("analyst")

    verbs.read_again(Case.objects.get(), person)

    assert Work.objects.filter(task="triage.read").count() == 1
    assert Entry.objects.get(verb="triage.read_again").actor == f"person:{person.pk}"


def test_the_worker_sorts_what_was_received(home: None) -> None:
    report(URL)
    work = due.claim("test")
    assert work is not None

    due.perform(work)

    assert Case.objects.count() == 1
