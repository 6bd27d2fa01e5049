"""Reports sorted many at a time end as they would one by one; two workers and a kill lose and double nothing."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connections, transaction

from nightlight.audit.models import Entry
from nightlight.casebook import events
from nightlight.casebook.models import Allegation, Case, Location, Report
from nightlight.casebook.states import move
from nightlight.casebook.words import ReportKind, Source, State
from nightlight.intake.verbs import receive, withdraw
from nightlight.triage import sorting, verbs
from nightlight.triage.flood_models import Flood, Held, Shape
from nightlight.triage.models import Alarm
from nightlight.triage.places import Places
from nightlight.triage.sheets import Sheet, read
from nightlight.triage.weighing import DANGERS, MOST
from nightlight.work import due
from nightlight.work.home import establish
from nightlight.work.models import Home, Work
from nightlight.work.worker import Worker, release_dead
from tests.saboteur import turns_red

K, HOST = ReportKind, "http://a.example"
Picture = dict[str, Any]
MANY = MOST[Flood.What.SITE] + DANGERS + 6


@pytest.fixture
def committed(transactional_db: None) -> None:
    """A rehearsal home that other processes and threads see."""
    establish(Home.Kind.REHEARSAL)


def arrived() -> list[Report]:
    """Floods with and without addresses, among them what must be seen, and cases that ended before."""
    for name in ("dismissed", "gone", "held"):
        verbs.sort(receive(K.MATERIAL, urls=[f"{HOST}/{name}"]).report.pk)
    by_name = {case.location.url.rpartition("/")[2]: case for case in Case.objects.all() if case.location}
    move(by_name["dismissed"], State.DISMISSED)
    move(move(by_name["held"], State.DISMISSED), State.ON_HOLD)
    Case.objects.filter(pk=by_name["gone"].pk).update(state=State.GONE)
    sent = [receive(K.GROOMING, text=f"the same {number}") for number in range(MANY)]
    sent += [receive(K.MATERIAL, urls=[f"{HOST}/same"], text=f"{number}") for number in range(MANY)]
    sent += [receive(K.MATERIAL, urls=[f"{HOST}/{n}"], happening_now=True) for n in range(MANY)]
    for name in ("dismissed", "gone", "held", "dismissed"):
        sent.append(receive(K.MATERIAL, urls=[f"{HOST}/{name}", f"{HOST}/same"], text="1"))
    sent.append(receive(K.MATERIAL, urls=[f"{HOST}/same"], text="2", happening_now=True))
    sent.append(receive(K.MATERIAL, urls=[f"{HOST}/same"], text="3", happening_now=True))
    sent.append(receive(K.OWN_IMAGE, text="It is me", source=Source.YOUNG_PERSON))
    sent.append(receive(K.SEXUAL_EXTORTION, urls=["http://b.example/", f"{HOST}/same"]))
    taken_back = receive(K.MATERIAL, urls=["http://c.example/"])
    withdraw(taken_back.receipt)
    return [each.report for each in (*sent, taken_back)]


def picture(reports: Sequence[Report], sort: Callable[[list[Report]], None]) -> Picture:
    """All that sorting these reports leaves, without the ids that are new each time; then it is taken back."""
    heard: list[tuple[str, Any]] = []

    def opened(case: Case, **_: Any) -> None:
        heard.append(("opened", case.pk))

    def again(case: Case, report: Report, **_: Any) -> None:
        heard.append(("again", case.pk, report.pk))  # type: ignore[arg-type]

    events.case_opened.connect(opened)
    events.case_reported_again.connect(again)
    with transaction.atomic():
        before = set(Entry.objects.values_list("pk", flat=True))
        sort(list(reports))
        names = {
            row.pk: f"case of {row.location.url if row.location else row.report_id}"
            for row in Case.objects.all()
        }
        names |= {row.pk: f"alarm on {names[row.case_id]}" for row in Alarm.objects.all()}  # type: ignore[index]
        names |= {row.pk: f"flood {row.what} {row.digest}" for row in Flood.objects.all()}

        def plain(value: object) -> str:
            text = repr(value)
            for key, name in names.items():
                text = text.replace(str(key), name)
            return text

        left = {
            "cases": Case.objects.values_list(
                "pk", "state", "held_from", "kind", "priority", "danger_now", "received_at", "domain_index"
            ),
            "allegations": [
                (row.report_id, row.location.url, row.as_reported)
                for row in Allegation.objects.select_related("location")
            ],
            "shapes": Shape.objects.values_list("digest", "count"),
            "floods": Flood.objects.values_list("pk", "held", "passed", "case"),
            "held": Held.objects.values_list("report", "flood", "state"),
            "alarms": Alarm.objects.values_list("case", "report", "cases", "reason", "again"),
            "work": [(row.task, row.args, row.key) for row in Work.objects.exclude(task="triage.sort")],
            "entries": [(row.verb, row.about, row.facts) for row in Entry.objects.exclude(pk__in=before)],
            "unsorted": Report.objects.filter(sorted_at=None).values_list("pk"),
            "heard": heard,
        }
        seen = {name: Counter(plain(row) for row in rows) for name, rows in left.items()}
        transaction.set_rollback(True)
    events.case_opened.disconnect(opened)
    events.case_reported_again.disconnect(again)
    return seen


def one_by_one(reports: list[Report]) -> None:
    for report in reports:
        verbs.sort(report.pk)


def together(reports: list[Report]) -> None:
    sorting.sort_all(read([report.pk for report in reports]))


def test_many_sorted_together_leave_what_they_leave_one_by_one(home: None) -> None:
    reports = arrived()

    alone, all_at_once = picture(reports, one_by_one), picture(reports, together)

    assert alone["held"].total() > MANY
    assert all_at_once == alone


def test_reports_that_do_not_meet_what_came_just_before_them_are_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks_the_database(self: Places, sheet: Sheet) -> bool:
        indexes = [each.index for each in sheet.named]
        return Case.objects.filter(location__url_index__in=indexes).count() < len(indexes)

    monkeypatch.setattr(Places, "tells_something_new", asks_the_database)

    turns_red(test_many_sorted_together_leave_what_they_leave_one_by_one, None)


def test_a_part_is_never_heavier_than_the_door_can_wait_for(home: None) -> None:
    urls = [[f"{HOST}/{number}/{each}" for each in range(6)] for number in range(6)]
    reports = [receive(K.MATERIAL, urls=some).report for some in urls]
    reports.append(receive(K.MATERIAL, urls=[url for some in urls for url in some]).report)

    parts = list(sorting.parts([str(report.pk) for report in reports]))

    assert [part.count for part in parts] == [2, 2, 2, 1]
    assert 2 * 7 <= sorting.HEAVY < 3 * 7


def test_one_that_can_t_be_sorted_holds_up_no_other(home: None) -> None:
    reports = [receive(K.MATERIAL, urls=[f"{HOST}/{number}"]).report for number in range(5)]

    def fail(case: Case, **_: Any) -> None:
        if case.location and case.location.url == f"{HOST}/2":
            raise RuntimeError

    events.case_opened.connect(fail)
    Worker().run_until_idle()
    events.case_opened.disconnect(fail)

    assert list(Report.objects.filter(sorted_at=None).values_list("pk", flat=True)) == [reports[2].pk]
    assert Work.objects.get(task="triage.sort").last_error == "RuntimeError"
    assert Entry.objects.filter(verb="triage.sort").count() == Case.objects.count() == 4


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Does these in threads that start together; what they raised."""
    start, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_two_workers_that_sort_the_same_reports_at_once_sort_each_once(committed: None) -> None:
    for number in range(30):
        receive(K.MATERIAL, urls=[f"{HOST}/{number % 7}", f"{HOST}/{number % 5}"], text="here")
    sheets = read(list(Report.objects.values_list("pk", flat=True)))

    failures = at_once(
        lambda: sorting.sort_all(sheets), lambda: sorting.sort_all(sheets[::-1]), Worker().run_until_idle
    )

    assert failures == []
    assert Location.objects.count() == Case.objects.count() == 7
    assert (
        sorted(Counter(Entry.objects.filter(verb="triage.sort").values_list("about", flat=True)).values())
        == [1] * 30
    )
    assert Shape.objects.filter(count__gt=1).count() == len({sheet.digest for sheet in sheets})


def test_without_asking_under_the_lock_a_report_is_sorted_twice(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "_unsorted", lambda sheets: {each.report.pk: None for each in sheets})

    turns_red(test_two_workers_that_sort_the_same_reports_at_once_sort_each_once, None)


def killed_at(opened: int) -> int:
    """A worker of its own process, killed when it has announced that many cases; the signal that ended it."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        left = iter(range(opened - 1))

        def die(**_: Any) -> None:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            events.case_opened.connect(die)
            Worker().run_until_idle()
        finally:
            os._exit(1)  # also after an error: there is to be no second run of these tests
    return os.WTERMSIG(os.waitpid(child, 0)[1])


@pytest.fixture
def thirty(committed: None) -> Iterator[list[Report]]:
    """Reports of as many addresses, committed."""
    yield [receive(K.MATERIAL, urls=[f"http://s{number}.example/"]).report for number in range(30)]


def test_killed_in_the_middle_of_many_none_is_lost_and_none_is_sorted_twice(thirty: list[Report]) -> None:
    ended = killed_at(opened=20)
    sorted_, left = (
        Report.objects.exclude(sorted_at=None).count(),
        Work.objects.filter(task="triage.sort").count(),
    )
    release_dead()
    Worker().run_until_idle()

    assert ended == signal.SIGKILL
    assert sorted_ + left == 30
    assert sorted_ < 20  # what was announced and not committed is not there
    assert not Report.objects.filter(sorted_at=None).exists()
    assert Case.objects.count() == Allegation.objects.count() == 30
    assert Entry.objects.filter(verb="triage.sort").count() == 30
    assert not Work.objects.filter(task="triage.sort").exists()


def test_work_that_is_deleted_before_its_effect_is_noticed_when_killed(
    thirty: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = due.finish

    def finish(works: Sequence[Work], record: Callable[[], object]) -> None:
        if works[0].task == "triage.sort":
            Work.objects.filter(pk__in=[work.pk for work in works]).delete()
            record()
        else:
            plain(works, record)

    monkeypatch.setattr(due, "finish", finish)

    turns_red(test_killed_in_the_middle_of_many_none_is_lost_and_none_is_sorted_twice, thirty)
