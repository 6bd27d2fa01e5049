"""Reports that arrive at the same time are written together, and each is answered for itself."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from nightlight.audit.models import Entry, Pending
from nightlight.audit.promise import check_promise
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import arrival, gather, verbs
from nightlight.intake.arrival import Arrived, arrive, write
from nightlight.intake.models import Repeat
from nightlight.work import clock
from nightlight.work.models import Work
from tests.saboteur import turns_red
from tests.threads import at_once


def several(count: int) -> list[Arrived]:
    """Reports, each with an address of its own."""
    return [arrive(ReportKind.MATERIAL, urls=[f"https://h{n}.example/x"]) for n in range(count)]


@pytest.fixture
def gathering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that gathers reports, until the test ends."""
    monkeypatch.setattr(gather, "_door", None)
    gather.begin()
    yield
    door = gather._door
    assert door is not None
    door.end()


def test_reports_written_together_are_written_as_one_is(home: None) -> None:
    received = write(several(5))

    assert len({each.receipt for each in received}) == 5
    assert [verbs.find(each.receipt).pk for each in received] == [each.report.pk for each in received]
    for each in received:
        entry = Entry.objects.get(verb="intake.receive", about=f"report:{each.report.pk}")
        assert check_promise(each.proof)
        assert each.proof["entry"] == str(entry.pk)
        assert Pending.objects.filter(entry_id=entry.pk).exists()
        assert Work.objects.filter(task="triage.sort", args={"report_id": str(each.report.pk)}).count() == 1


def test_many_reports_take_no_more_statements_than_one(home: None) -> None:
    with CaptureQueriesContext(connection) as one:
        write(several(1))
    with CaptureQueriesContext(connection) as many:
        write(several(20))

    assert len(many) == len(one)


@pytest.mark.django_db(transaction=True)
def test_whoever_has_a_receipt_has_a_report_that_is_committed(home: None, gathering: None) -> None:
    seen: list[bool] = []

    def send(number: int) -> None:
        received = verbs.receive(ReportKind.MATERIAL, urls=[f"https://h{number}.example/"])
        seen.append(Report.objects.filter(pk=received.report.pk).exists())  # on a connection of its own

    refused = at_once(*(partial(send, number) for number in range(12)))

    assert not refused
    assert seen == [True] * 12


@pytest.mark.django_db(transaction=True)
def test_a_report_that_can_t_be_written_takes_no_other_with_it(
    home: None, gathering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, good, bad = arrival.write, *several(2)

    def write_unless_bad(arrived: list[Arrived]) -> list[arrival.Received]:
        if bad in arrived:
            raise ValueError("not this one")
        return whole(arrived)

    monkeypatch.setattr(gather, "write", write_unless_bad)
    waiting = [gather._Waiting(good), gather._Waiting(bad)]

    gather._settle(waiting)

    assert waiting[0].received is not None and waiting[0].error is None
    assert waiting[1].received is None and isinstance(waiting[1].error, ValueError)
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_receipt_given_before_the_commit_would_be_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_soon(arrived: Arrived) -> arrival.Received:
        report = Report(received_at="2026-01-05T09:00:00Z", kind=arrived.kind)
        return arrival.Received(report, "0000-0000-0000-0000", {}, [], [])

    monkeypatch.setattr(gather, "keep", too_soon)

    turns_red(test_whoever_has_a_receipt_has_a_report_that_is_committed, None, None)


def keyed(*names: str) -> list[Arrived]:
    """Reports of requests with these keys."""
    return [
        replace(each, repeat=Repeat(key_digest=name, content_digest="", expires=clock.real_now()))
        for name, each in zip(names, several(len(names)), strict=True)
    ]


@pytest.mark.django_db(transaction=True)
def test_forms_that_arrive_together_are_written_together_and_the_same_one_once(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, sizes = arrival.write, list[int]()
    monkeypatch.setattr(gather, "write", lambda arrived: sizes.append(len(arrived)) or whole(arrived))
    gather._settle([gather._Waiting(each) for each in keyed("before")])
    waiting = [gather._Waiting(each) for each in [*keyed("a", "a", "before", "b"), *several(1)]]

    gather._settle(waiting)

    assert sizes == [1, 3], "a form that was sent again has others written alone"
    assert [type(each.error) for each in waiting if each.received is None] == [gather.AnsweredBefore] * 2
    assert Report.objects.count() == 4
    written = {row.key_digest: row.reports for row in Repeat.objects.all()}
    assert written["a"] == [str(waiting[0].received.report.pk)] and set(written) == {"a", "b", "before"}


@pytest.mark.django_db(transaction=True)
def test_a_repeated_form_that_had_others_written_alone_would_be_noticed(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "_new", lambda together: together)

    turns_red(test_forms_that_arrive_together_are_written_together_and_the_same_one_once, None, monkeypatch)


@pytest.mark.django_db(transaction=True)
def test_one_that_another_process_answered_meanwhile_takes_no_other_with_it(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "_new", lambda together: together)  # looked up before the other wrote
    write(keyed("elsewhere"))
    waiting = [gather._Waiting(each) for each in keyed("here", "elsewhere")]

    gather._settle(waiting)

    assert waiting[0].received is not None and isinstance(waiting[1].error, IntegrityError)
    assert Report.objects.count() == 2
    assert Repeat.objects.get(key_digest="here").reports == [str(waiting[0].received.report.pk)]


@pytest.mark.django_db(transaction=True)
def test_the_same_form_from_many_threads_is_one_report_with_one_receipt(home: None, gathering: None) -> None:
    received: list[arrival.Received] = []

    def send() -> None:
        received.append(verbs.receive(ReportKind.MATERIAL, urls=["https://h.example/"], form="f" * 20))

    refused = at_once(*[send] * 8)

    assert not refused
    assert len({each.receipt for each in received}) == 1
    assert verbs.find(received[0].receipt) == Report.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_form_that_were_written_without_its_record_would_be_noticed(
    home: None, gathering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "_mark_answered", lambda *_: None)

    turns_red(test_the_same_form_from_many_threads_is_one_report_with_one_receipt, None, None)


def refusing(
    code: int, tries: list[int], until: int = 10**9
) -> Callable[[list[Arrived]], list[arrival.Received]]:
    """A database that refuses to write so often, with SQLite's code for why."""

    def write_(arrived: list[Arrived]) -> list[arrival.Received]:
        tries.append(len(arrived))
        if len(tries) > until:
            return write(arrived)
        cause = sqlite3.OperationalError("refused")
        cause.sqlite_errorcode = code  # type: ignore[misc]
        raise OperationalError("refused") from cause

    return write_


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_on_a_full_disk_everybody_who_waits_is_told_at_once(
    home: None, gathering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    monkeypatch.setattr(gather, "write", refusing(sqlite3.SQLITE_FULL, tries))
    waiting = [gather._Waiting(each) for each in several(3)]

    gather._settle(waiting)

    assert tries == [3]
    assert all(each.error is not None and each.done.is_set() for each in waiting)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_while_another_writes_the_door_asks_again(
    home: None, gathering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    monkeypatch.setattr(gather, "write", refusing(sqlite3.SQLITE_BUSY, tries, until=2))

    received = gather.keep(several(1)[0])

    assert len(tries) == 3
    assert Report.objects.get() == received.report


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_writer_that_is_gone(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_door", None)
    monkeypatch.setattr(gather, "LOOKS_AFTER", 0.001)
    gather.begin()
    door = gather._door
    assert door is not None
    door.end()

    with pytest.raises(gather.WriterGone):
        door.keep(several(1)[0])
    received = gather.keep(several(1)[0])

    assert Report.objects.get() == received.report
