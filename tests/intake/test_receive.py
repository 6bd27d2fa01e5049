"""Taking in a report: always accepted, sealed, receipted, logged."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from nightlight.audit.models import Entry
from nightlight.audit.promise import check_promise
from nightlight.casebook import events
from nightlight.casebook.models import Report
from nightlight.casebook.words import Channel, ReportKind
from nightlight.intake import verbs

SHA256 = "ab" * 32


@pytest.fixture
def heard() -> Iterator[list[Report]]:
    reports: list[Report] = []

    def hear(sender: object, report: Report, **_: Any) -> None:
        reports.append(report)

    events.report_received.connect(hear)
    yield reports
    events.report_received.disconnect(hear)


def test_a_report_without_an_address_is_accepted(home: None) -> None:
    received = verbs.receive(ReportKind.GROOMING, text="Somebody keeps writing to a child.")

    assert Report.objects.get().kind == "grooming"
    assert received.not_understood == []


def test_what_makes_no_sense_is_kept_and_named_back(home: None) -> None:
    received = verbs.receive(
        ReportKind.MATERIAL,
        urls=["http://a.example/x", "the picture with the blue square"],
        hashes=[verbs.Hash("sha256", SHA256.upper()), verbs.Hash("md5", "none")],
    )

    report = Report.objects.get()
    assert received.not_understood == ["the picture with the blue square", "none"]
    assert json.loads(report.addresses) == ["http://a.example/x", "the picture with the blue square"]
    assert report.hashes == [{"type": "sha256", "value": SHA256}]


def test_the_receipt_finds_the_report_however_it_is_typed(home: None) -> None:
    received = verbs.receive(ReportKind.OTHER)

    found = verbs.find(f" {received.receipt.replace('-', ' ')} ")

    assert found == received.report


def test_a_dump_of_the_database_gives_away_no_receipt_address_text_or_contact(home: None) -> None:
    received = verbs.receive(
        ReportKind.MATERIAL,
        urls=["http://secret-host.example/x", "strangewords"],
        text="plain words of a reporter",
        contact={"email": "someone@mail.example"},
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM casebook_report")
        row = b"|".join(
            bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            for cell in cursor.fetchone()
        )

    secrets = ("secret-host", "strangewords", "plain words", "someone", received.receipt)
    assert not [secret for secret in secrets if secret.encode() in row]
    assert received.receipt.replace("-", "").encode() not in row


def test_the_log_says_that_a_report_came_and_nothing_of_what_it_says(home: None) -> None:
    received = verbs.receive(
        ReportKind.MATERIAL, urls=["http://a.example/x", "words"], text="plain words", channel=Channel.FORUM
    )

    entry = Entry.objects.get(verb="intake.receive")
    assert (entry.actor, entry.about) == ("reporter", f"report:{received.report.pk}")
    assert (entry.facts["addresses"], entry.facts["not_understood"]) == (1, 1)
    assert "example" not in json.dumps(entry.facts) and "words" not in json.dumps(entry.facts)


def test_the_reporter_gets_our_signed_promise_that_the_report_is_logged(home: None) -> None:
    received = verbs.receive(ReportKind.OTHER)

    assert received.proof["entry"] == str(Entry.objects.get(verb="intake.receive").pk)
    assert check_promise(received.proof)
    assert not check_promise({**received.proof, "at": "2020-01-01T00:00:00+00:00"})


def test_a_report_is_announced_once(home: None, heard: list[Report]) -> None:
    received = verbs.receive(ReportKind.OTHER)

    assert heard == [received.report]


def test_if_a_listener_fails_nothing_is_received(home: None) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    events.report_received.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            verbs.receive(ReportKind.OTHER)
    finally:
        events.report_received.disconnect(fail)

    assert Report.objects.count() == Entry.objects.count() == 0


def test_more_addresses_than_one_report_carries_are_refused_with_advice(home: None) -> None:
    many = "\n".join(f"http://a.example/{number}" for number in range(verbs.MOST_ADDRESSES + 1))

    with pytest.raises(verbs.TooMuch, match="second report"):
        verbs.receive(ReportKind.MATERIAL, urls=[many])

    assert Report.objects.count() == 0


def test_taking_a_report_back_forgets_the_contact_and_is_logged_once(home: None) -> None:
    received = verbs.receive(ReportKind.OTHER, text="kept", contact={"email": "x@mail.example"})

    verbs.withdraw(received.receipt)
    verbs.withdraw(received.receipt)

    report = Report.objects.get()
    assert report.withdrawn_at is not None
    assert (report.contact, report.text) == ("", "kept")
    assert Entry.objects.filter(verb="intake.withdraw").count() == 1


@pytest.mark.parametrize("receipt", ["", "1234", "0000-0000-0000-0000", "x" * 1000, "\x00"])
def test_an_unknown_receipt_and_one_that_is_none_are_refused_alike(home: None, receipt: str) -> None:
    with pytest.raises(verbs.UnknownReceipt):
        verbs.find(receipt)


def test_halves_of_characters_become_visible_marks(home: None) -> None:
    received = verbs.receive(
        ReportKind.OTHER, urls=["\udfff"], text="a\ud800b", hashes=[verbs.Hash("md5", "\ud83d")]
    )

    assert received.not_understood == ["\ufffd", "\ufffd"]
    assert Report.objects.get().text == "a\ufffdb"
