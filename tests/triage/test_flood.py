"""A flood is one matter for the desk; what only a person may decide still reaches one, and nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook import aside
from nightlight.casebook.models import Case, Report
from nightlight.casebook.sealed import find as find_host
from nightlight.casebook.states import move
from nightlight.casebook.words import ReportKind, Source, State
from nightlight.intake.progress import Stage, progress
from nightlight.intake.verbs import find, receive
from nightlight.triage import flood, rank, shapes, sheets, verbs, weighing
from nightlight.triage.flood_models import Flood, Held
from nightlight.triage.models import Alarm
from nightlight.triage.places import Places
from nightlight.triage.rank import RANKS, Reason
from nightlight.work import clock, due
from tests.saboteur import turns_red

WORDS = "Look at this page number"
TEXT, SITE = weighing.MOST[Flood.What.TEXT], weighing.MOST[Flood.What.SITE]
URL = "http://a.example/x"


def send(
    number: int,
    *urls: str,
    kind: ReportKind = ReportKind.MATERIAL,
    now: bool = False,
    source: Source = Source.PUBLIC,
) -> Report:
    """One report of the same words, sorted."""
    received = receive(kind, urls=urls, text=f"{WORDS} {number}", happening_now=now, source=source)
    verbs.sort(received.report.pk)
    return received.report


def flooded(*urls: str, now: bool = False) -> Flood:
    """After more reports of one shape than people send."""
    for number in range(SITE + 5):
        send(number, *urls, now=now)
    return Flood.objects.get()


def held(report: Report) -> bool:
    return Held.objects.filter(report=report).exists()


def test_what_keeps_coming_in_the_same_words_is_held_kept_and_counted(home: None) -> None:
    found = flooded()

    assert Case.objects.count() == TEXT
    assert found.held == found.reports.count() == SITE + 5 - TEXT
    assert Report.objects.count() == SITE + 5


def test_a_receipt_of_what_is_held_holds(home: None) -> None:
    flooded()
    received = receive(ReportKind.MATERIAL, text=f"{WORDS} 9")
    verbs.sort(received.report.pk)

    assert held(received.report)
    assert find(received.receipt).pk == received.report.pk


def test_the_first_report_of_every_address_becomes_a_case_in_any_flood(home: None) -> None:
    flooded(URL)

    fresh = [send(number, f"http://a.example/new{number}") for number in range(5)]

    assert not any(held(report) for report in fresh)
    assert Case.objects.filter(location__isnull=False).count() == 1 + 5
    assert set(Case.objects.exclude(location__allegations__report=None).values_list("state", flat=True)) == {
        State.OPEN
    }


def test_every_young_person_s_report_becomes_a_case_in_any_flood(home: None) -> None:
    flooded(URL)
    before = Case.objects.count()

    own = [send(1, URL, source=Source.YOUNG_PERSON), send(2, URL, kind=ReportKind.OWN_IMAGE)]
    own += [send(n, kind=ReportKind.OWN_IMAGE) for n in range(TEXT + 5)]

    assert not any(held(report) for report in own)
    assert Case.objects.count() == before + TEXT + 5


def test_the_first_that_says_of_an_address_that_it_happens_now_reaches_its_case_in_any_flood(
    home: None,
) -> None:
    flooded(URL)

    first, second = send(1, URL, now=True), send(2, URL, now=True)

    assert not held(first)
    assert held(second)
    assert Case.objects.get().danger_now
    assert Alarm.objects.count() == 1


def test_a_dismissed_case_is_open_again_in_any_flood(home: None) -> None:
    flooded(URL)
    move(Case.objects.get(), State.DISMISSED)

    report = send(1, URL)

    assert not held(report)
    assert Case.objects.get().state == State.OPEN


def test_what_a_flood_on_one_site_makes_stands_last(home: None) -> None:
    for number in range(SITE + 10):
        send(number, f"http://a.example/{number}")
    send(0, "http://b.example/")

    ranks = list(Case.objects.order_by("priority", "pk").values_list("priority", flat=True))

    assert ranks.count(RANKS[Reason.FLOOD]) == 10
    assert (
        Case.objects.get(location__host_index=find_host("host", "b.example")).priority
        == RANKS[Reason.MATERIAL]
    )


def test_the_first_that_says_of_an_address_that_it_happens_now_ranks_as_danger_in_any_flood(
    home: None,
) -> None:
    for number in range(SITE + 5):
        send(number, f"http://a.example/{number}")
    last = Case.objects.get(location__url_index=find_host("url", f"http://a.example/{SITE + 4}"))

    new = send(0, "http://a.example/new", now=True)
    again = send(0, f"http://a.example/{SITE + 4}", now=True)

    fresh = Case.objects.get(location__allegations__report=new)
    assert last.priority == RANKS[Reason.FLOOD]
    assert not held(again)
    assert fresh.priority == RANKS[Reason.DANGER_NOW]
    assert Case.objects.get(pk=last.pk).priority == RANKS[Reason.DANGER_NOW]


def test_a_flood_that_says_of_ever_new_addresses_that_it_happens_now_does_not_bury_the_others(
    home: None,
) -> None:
    for number in range(SITE + weighing.DANGERS + 10):
        send(number, f"http://a.example/{number}", now=True)

    ranks = list(Case.objects.values_list("priority", flat=True))

    assert ranks.count(RANKS[Reason.DANGER_NOW]) == SITE + weighing.DANGERS
    assert ranks.count(RANKS[Reason.FLOOD]) == 10
    assert (
        Alarm.objects.filter(case__isnull=False).aggregate(n=Sum("again"))["n"] == weighing.DANGERS + 10 - 1
    )


def test_a_report_of_a_page_that_was_gone_reaches_its_case_in_any_flood(home: None) -> None:
    flooded(URL)
    Case.objects.update(state=State.GONE)

    report = send(1, URL)

    assert not held(report)


def test_danger_that_ranks_with_its_flood_would_be_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "rank", lambda report: RANKS[Reason.FLOOD])

    turns_red(test_the_first_that_says_of_an_address_that_it_happens_now_ranks_as_danger_in_any_flood, None)


def test_many_that_name_different_accounts_in_place_of_an_address_are_no_flood(home: None) -> None:
    accounts = [f"the app, account {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(TEXT + 5)]

    reports = [receive(ReportKind.GROOMING, urls=[account]).report for account in accounts]
    for report in reports:
        verbs.sort(report.pk)

    assert not any(held(report) for report in reports)
    assert Case.objects.count() == len(accounts)


def test_the_first_that_says_it_happens_now_passes_a_flood_of_the_same_words_without_an_address(
    home: None,
) -> None:
    flooded()

    first = send(1, now=True)

    assert not held(first)
    assert Case.objects.get(report=first).priority == RANKS[Reason.DANGER_NOW]


def test_a_flood_of_urgent_reports_is_one_alarm_beyond_its_first(home: None) -> None:
    for number in range(SITE + 10):
        send(number, f"http://a.example/{number}", now=True)

    alarms = Alarm.objects.count()

    assert alarms == SITE + 1


def test_a_flood_whose_first_case_is_not_urgent_is_one_alarm_too(home: None) -> None:
    for number in range(SITE + 2):
        send(number, f"http://a.example/{number}")
    for number in range(SITE + 2, SITE + 6):
        send(number, f"http://a.example/{number}", now=True)

    assert Alarm.objects.count() == 1


def test_an_alarm_that_forgets_its_flood_would_be_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flood, "first_case", lambda weighed, cases: None)

    turns_red(test_a_flood_whose_first_case_is_not_urgent_is_one_alarm_too, None)


def test_clearing_sets_aside_what_is_held_and_changes_no_case(
    home: None, someone: Callable[..., Person]
) -> None:
    found, by = flooded(URL), someone("analyst")
    before = list(Case.objects.order_by("pk").values_list("pk", "state", "priority"))

    count = flood.clear(found.pk, by)

    assert count == found.held == Held.objects.filter(state=Held.State.CLEARED).count()
    assert list(Case.objects.order_by("pk").values_list("pk", "state", "priority")) == before
    assert Entry.objects.get(verb="triage.settle_flood").facts["reports"] == count


def test_a_receipt_of_what_is_held_tells_no_less_than_any_other_and_closes_once_it_is_cleared(
    home: None, someone: Callable[..., Person]
) -> None:
    found = flooded(URL)
    kept = Report.objects.filter(held__flood=found).first()
    assert kept is not None

    while_waiting = progress(kept).stage
    flood.clear(found.pk, someone("analyst"))
    kept.refresh_from_db()
    at_once = progress(kept).stage
    clock.run(clock.now() + timedelta(hours=72), None)

    assert (while_waiting, at_once) == (Stage.IN_REVIEW, Stage.IN_REVIEW)
    assert progress(kept).stage == Stage.CLOSED


def test_a_receipt_that_gives_a_held_report_away_would_be_noticed(
    home: None, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flood, "is_held", lambda report_id: False)
    aside.register("flood", flood.is_held)
    try:
        turns_red(
            test_a_receipt_of_what_is_held_tells_no_less_than_any_other_and_closes_once_it_is_cleared,
            None,
            someone,
        )
    finally:
        monkeypatch.undo()
        aside.register("flood", flood.is_held)


def test_what_was_cleared_is_brought_back_and_sorted_like_any_other(
    home: None, someone: Callable[..., Person], work_until: Callable[..., int]
) -> None:
    found, by = flooded(), someone("analyst")
    flood.clear(found.pk, by)

    flood.bring_back(found.pk, by)
    flood.release(found.pk, by)
    work_until()

    assert Case.objects.count() == SITE + 5
    assert not Report.objects.filter(sorted_at=None).exists()


def test_the_desk_clears_a_flood_in_one_act(
    home: None, someone: Callable[..., Person], client: Client
) -> None:
    found = flooded()
    client.force_login(someone("analyst"))

    listed = client.get(reverse("floods"))
    shown = client.get(reverse("flood", args=[found.pk]))
    done = client.post(reverse("flood-settle", args=[found.pk]), {"act": "clear"}, follow=True)

    assert str(found.pk) in listed.content.decode()
    assert WORDS in shown.content.decode()
    assert "Bring" in done.content.decode()
    assert not Held.objects.filter(state=Held.State.WAITING).exists()


def test_who_may_not_assess_clears_nothing(
    home: None, someone: Callable[..., Person], client: Client
) -> None:
    found = flooded()
    client.force_login(someone("inspector"))

    answer = client.post(reverse("flood-settle", args=[found.pk]), {"act": "clear"})

    assert answer.status_code == 403
    assert not Held.objects.filter(state=Held.State.CLEARED).exists()


def test_a_flood_that_swallows_first_reports_of_an_address_would_be_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Places, "tells_something_new", lambda self, sheet: False)

    turns_red(test_the_first_report_of_every_address_becomes_a_case_in_any_flood, None)


def test_a_flood_that_swallows_danger_would_be_noticed(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Places, "tells_something_new", lambda self, sheet: False)

    turns_red(test_the_first_that_says_of_an_address_that_it_happens_now_reaches_its_case_in_any_flood, None)


def test_a_flood_that_swallows_a_young_person_s_report_would_be_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "OWN", ())
    monkeypatch.setattr(sheets, "ReportKind", type("Nothing", (), {"OWN_IMAGE": "nothing"}))

    turns_red(test_every_young_person_s_report_becomes_a_case_in_any_flood, None)


def test_clearing_that_touches_a_case_would_be_noticed(
    home: None, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dismissing(flood_id: object, by: Person) -> int:
        move(Case.objects.get(), State.DISMISSED)
        return clear(flood_id, by)  # type: ignore[arg-type]

    clear = flood.clear
    monkeypatch.setattr(flood, "clear", dismissing)

    turns_red(test_clearing_sets_aside_what_is_held_and_changes_no_case, None, someone)


def test_without_a_shape_a_flood_would_not_be_held(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "in_shape", str)

    turns_red(
        test_what_keeps_coming_in_the_same_words_is_held_kept_and_counted, None, by=(Flood.DoesNotExist,)
    )


def test_what_is_more_than_a_piece_is_one_act_too_and_goes_on_by_itself(
    home: None,
    someone: Callable[..., Person],
    client: Client,
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flood, "PIECE", 10)
    found, by = flooded(URL), someone("analyst")
    for number in range(30):
        send(number, URL)
    before = list(Case.objects.order_by("pk").values_list("pk", "state", "priority"))
    client.force_login(by)

    client.post(reverse("flood-settle", args=[found.pk]), {"act": "clear"})
    late = send(99, URL)
    page = client.get(reverse("flood", args=[found.pk])).content.decode()
    with pytest.raises(flood.StillSettling):
        flood.bring_back(found.pk, by)
    work_until()

    assert "10 of 35 reports are done" in page
    assert Held.objects.filter(state=Held.State.CLEARED).count() == 35
    assert Held.objects.get(state=Held.State.WAITING).report == late
    assert list(Case.objects.order_by("pk").values_list("pk", "state", "priority")) == before
    assert [entry.facts["reports"] for entry in Entry.objects.filter(verb="triage.settle_flood")] == [35]
    assert Flood.objects.get().settling == ""


def test_an_act_that_stops_after_its_first_piece_is_noticed(
    home: None,
    someone: Callable[..., Person],
    client: Client,
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flood, "go_on", lambda flood_id: None)
    monkeypatch.setitem(due.TASKS, flood.SETTLE, replace(due.TASKS[flood.SETTLE], run=flood.go_on))

    turns_red(
        test_what_is_more_than_a_piece_is_one_act_too_and_goes_on_by_itself,
        None,
        someone,
        client,
        work_until,
        monkeypatch,
    )
