"""A report by telephone: the caller's number is good for one return, which brings a receipt nobody else has seen."""

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import calls, verbs
from nightlight.intake.models import Call
from tests.browser.hotline import BACKEND
from tests.saboteur import turns_red

Someone = Callable[..., Person]
RECEIPT = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{4}\b")


def number_of_a_call(analyst: Person) -> str:
    desk = Client()
    desk.force_login(analyst, backend=BACKEND)
    filed = {"urls": "http://a.example/x", "happening_now": "on", "text": "A neighbour called."}
    found = RECEIPT.search(desk.post("/desk/calls/", filed).content.decode())
    assert found
    return found[0]


def test_the_first_return_replaces_the_number_that_the_analyst_knows(
    home: None, client: Client, someone: Someone
) -> None:
    told = number_of_a_call(someone("analyst"))

    first = client.post("/receipt/", {"receipt": told}).content.decode()
    fresh = next((found for found in RECEIPT.findall(first) if found != told), "")
    with_the_old = client.post("/receipt/", {"receipt": told})
    with_the_fresh = client.post("/receipt/", {"receipt": fresh})

    assert told not in first and "This is your new receipt" in first
    assert (with_the_old.status_code, with_the_fresh.status_code) == (404, 200)
    assert "This is your new receipt" not in with_the_fresh.content.decode()
    assert verbs.find(fresh) == Report.objects.get()


def test_the_call_is_in_the_log_with_who_took_it_and_the_report_says_what_was_told(
    home: None, client: Client, someone: Someone
) -> None:
    analyst = someone("analyst")
    told = number_of_a_call(analyst)

    client.post("/receipt/", {"receipt": told})

    report = Report.objects.get()
    assert (report.happening_now, report.text) == (True, "A neighbour called.")
    assert Call.objects.get().taken_by == analyst
    done = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in done if verb.startswith("intake.")] == [
        "intake.receive",
        "intake.take_call",
        "intake.renew_receipt",
    ]


@pytest.mark.parametrize("path", ["withdraw", "add", "answer", "proof"])
def test_the_number_of_a_call_does_nothing_but_bring_the_fresh_receipt(
    home: None, client: Client, someone: Someone, path: str
) -> None:
    told = number_of_a_call(someone("analyst"))

    answer = client.post(f"/receipt/{path}/", {"receipt": told, "urls": "http://a.example/y"})

    assert "This is your new receipt" in answer.content.decode()
    assert Report.objects.get().withdrawn_at is None


def test_a_program_learns_nothing_from_the_number_of_a_call_and_all_from_the_fresh_receipt(
    home: None, client: Client, someone: Someone
) -> None:
    told = number_of_a_call(someone("analyst"))

    def ask(receipt: str) -> HttpResponse:
        return client.post("/api/v1/receipts", {"receipt": receipt}, content_type="application/json")

    number, unknown = ask(told), ask("1234-5678-9012-3456")
    page = client.post("/receipt/", {"receipt": told}).content.decode()
    fresh = next(found for found in RECEIPT.findall(page) if found != told)

    assert number.status_code == 404
    assert number.content == unknown.content
    assert ask(fresh).status_code == 200


def test_a_number_of_a_call_that_opens_the_report_to_programs_would_be_noticed(
    home: None, client: Client, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "is_number", lambda report: False)

    turns_red(
        test_a_program_learns_nothing_from_the_number_of_a_call_and_all_from_the_fresh_receipt,
        None,
        client,
        someone,
    )


def test_a_report_of_the_form_keeps_its_receipt(home: None, client: Client) -> None:
    received = verbs.receive(ReportKind.OTHER)

    answers = [client.post("/receipt/", {"receipt": received.receipt}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_who_may_not_assess_files_for_nobody(home: None, someone: Someone) -> None:
    with pytest.raises(PermissionDenied):
        calls.take(someone("manager"), ReportKind.OTHER)

    assert not Report.objects.exists()
