"""Reports that arrive at the same time are written together, and each is answered for itself."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nightlight.audit.models import Entry, Pending
from nightlight.audit.promise import check_promise
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import arrival, gather, verbs
from nightlight.intake.arrival import Arrived, arrive, write
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

    monkeypatch.setattr(verbs, "keep", too_soon)

    turns_red(test_whoever_has_a_receipt_has_a_report_that_is_committed, None, None)
