"""Reports that arrive at the same time are written together, and each is answered for itself."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from nightlight.audit.models import Entry, Pending
from nightlight.audit.promise import check_promise
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import arrival, gather, repeats, verbs
from nightlight.intake.arrival import Arrived, arrive, write
from nightlight.intake.models import Repeat
from nightlight.work import clock
from nightlight.work.models import Work
from tests.saboteur import turns_red


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
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

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


FORM = "a form of its own, 0123"


def sent(names: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> list[arrival.Received]:
    """Forms of these names, of the same content, sent at the same moment: all are looked up before one is written."""
    looked_up = threading.Barrier(len(names))
    received: list[arrival.Received] = []
    look_up = repeats._known

    def known(named: str) -> Repeat | None:
        found = look_up(named)
        if threading.current_thread() in first:
            first.discard(threading.current_thread())
            looked_up.wait(60)
        return found

    def send(name: str) -> None:
        try:
            received.append(verbs.receive(ReportKind.MATERIAL, urls=["https://h.example/"], form=name))
        finally:
            connection.close()

    monkeypatch.setattr(repeats, "_known", known)
    threads = [threading.Thread(target=send, args=(name,)) for name in names]
    first = set(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return received


@pytest.mark.django_db(transaction=True)
def test_forms_sent_at_the_same_moment_are_gathered_and_the_same_one_is_one_report(
    home: None, gathering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    whole = gather.write
    monkeypatch.setattr(gather, "write", lambda arrived: written.append(len(arrived)) or whole(arrived))

    received = sent([FORM, FORM, FORM + "4", FORM + "5"], monkeypatch)

    assert written, "a form was not written with those that arrive beside it"
    assert len(received) == 4 and Report.objects.count() == 3
    assert len({each.receipt for each in received}) == 3
    assert {verbs.find(each.receipt).pk for each in received} == {each.report.pk for each in received}


@pytest.mark.django_db(transaction=True)
def test_a_form_that_were_written_without_its_record_would_be_noticed(
    home: None, gathering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "_mark_answered", lambda *_: None)

    turns_red(
        test_forms_sent_at_the_same_moment_are_gathered_and_the_same_one_is_one_report,
        None,
        None,
        monkeypatch,
    )


@pytest.mark.django_db(transaction=True)
def test_a_form_written_again_alone_keeps_its_receipt_and_one_record(home: None) -> None:
    good, bad = (
        replace(each, repeat=Repeat(key_digest=str(n), content_digest="", expires=clock.real_now()))
        for n, each in enumerate(several(2))
    )
    Repeat(key_digest="1", content_digest="", expires=clock.real_now()).save()
    waiting = [gather._Waiting(good), gather._Waiting(bad)]

    gather._settle(waiting)

    assert waiting[0].received is not None and isinstance(waiting[1].error, IntegrityError)
    assert Report.objects.count() == 1
    assert Repeat.objects.get(key_digest="0").reports == [str(waiting[0].received.report.pk)]


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
