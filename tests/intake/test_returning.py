"""Whoever holds a receipt answers questions, adds addresses, takes all of it back, and proves that they filed."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook.models import Case, Report
from nightlight.casebook.words import ReportKind, Source
from nightlight.intake import filing, returning, verbs
from nightlight.intake.models import Question
from nightlight.intake.progress import Stage, progress
from nightlight.triage.verbs import sort
from nightlight.vault.signing import public_jwk
from nightlight.work.home import ring
from tests.browser.hotline import BACKEND

Someone = Callable[..., Person]
ASKED = "Which game was it?"


def entries(report: Report) -> list[str]:
    return list(
        Entry.objects.filter(about=f"report:{report.pk}").order_by("pk").values_list("verb", flat=True)
    )


def test_a_question_from_the_case_page_is_answered_with_the_receipt_and_read_there(
    home: None, client: Client, someone: Someone
) -> None:
    received = verbs.receive(ReportKind.GROOMING, text="An account in a game.")
    sort(received.report.pk)
    case = Case.objects.get()
    desk = Client()
    desk.force_login(someone("analyst"), backend=BACKEND)

    desk.post(f"/desk/reports/{received.report.pk}/ask/", {"case": str(case.pk), "text": ASKED})
    shown = client.post("/receipt/", {"receipt": received.receipt}).content.decode()
    question = Question.objects.get()
    sent = {"receipt": received.receipt, "question": str(question.pk), "answer": "The one with boats."}
    first, again = (client.post("/receipt/answer/", sent) for _ in range(2))

    assert ASKED in shown and (first.status_code, again.status_code) == (200, 422)
    assert "The one with boats." in desk.get(f"/desk/cases/{case.pk}/").content.decode()
    assert (
        "The one with boats." not in first.content.decode()
    )  # whoever looks over a shoulder reads no answers
    assert entries(received.report)[-2:] == ["intake.ask_reporter", "intake.answer"]


def test_questions_and_answers_are_sealed_and_leave_no_words_in_the_log(home: None, someone: Someone) -> None:
    received = verbs.receive(ReportKind.OTHER)

    question = returning.ask(received.report.pk, someone("analyst"), ASKED)
    returning.answer(received.receipt, question.pk, "boats")

    with connection.cursor() as cursor:
        cursor.execute("SELECT text, answer FROM intake_question")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert b"boats" not in stored and b"game" not in stored
    assert "boats" not in str(list(Entry.objects.values()))


def test_who_may_not_assess_asks_nobody(home: None, someone: Someone) -> None:
    received = verbs.receive(ReportKind.OTHER)

    with pytest.raises(PermissionDenied):
        returning.ask(received.report.pk, someone("manager"), ASKED)


def test_another_receipt_answers_no_question_of_ours(home: None, someone: Someone) -> None:
    mine, other = verbs.receive(ReportKind.OTHER), verbs.receive(ReportKind.OTHER)
    question = returning.ask(mine.report.pk, someone("analyst"), ASKED)

    with pytest.raises(returning.NotNow):
        returning.answer(other.receipt, question.pk, "mine")

    assert Question.objects.get().answered_at is None


def test_nobody_is_asked_after_taking_back_nor_examined(home: None, someone: Someone) -> None:
    analyst, received = someone("analyst"), verbs.receive(ReportKind.OTHER)

    for _ in range(returning.MOST_OPEN):
        returning.ask(received.report.pk, analyst, ASKED)
    with pytest.raises(returning.NotNow, match="wait for an answer"):
        returning.ask(received.report.pk, analyst, ASKED)
    verbs.withdraw(received.receipt)

    with pytest.raises(returning.NotNow, match="taken back"):
        returning.ask(received.report.pk, analyst, ASKED)
    assert progress(Report.objects.get()).messages == ()


def test_the_api_tells_the_questions_as_messages(home: None, client: Client, someone: Someone) -> None:
    received = verbs.receive(ReportKind.OTHER)
    returning.ask(received.report.pk, someone("analyst"), ASKED)

    answer = client.post(
        "/api/v1/receipts", json.dumps({"receipt": received.receipt}), content_type="application/json"
    )

    assert answer.json()["messages"] == [ASKED]


def test_what_is_added_is_a_report_of_its_own_under_the_same_receipt(home: None, client: Client) -> None:
    first = verbs.receive(ReportKind.OWN_IMAGE, urls=["http://a.example/1"], source=Source.YOUNG_PERSON)
    sort(first.report.pk)

    answer = client.post(
        "/receipt/add/", {"receipt": first.receipt, "urls": "http://a.example/2\nthe blue square"}
    )
    added = Report.objects.get(added_to__first=first.report)

    content = unescape(answer.content.decode())
    assert "We read one address" in content and "the blue square" in content
    assert (added.kind, added.source) == (ReportKind.OWN_IMAGE, Source.YOUNG_PERSON)
    assert progress(first.report).stage is Stage.RECEIVED  # until the addition is sorted too
    assert "intake.add" in entries(first.report)


def test_taking_back_takes_back_what_was_added(home: None, client: Client) -> None:
    first = verbs.receive(ReportKind.OTHER, contact={"reach": "someone"})
    returning.add(first.receipt, "http://a.example/2")

    client.post("/receipt/withdraw/", {"receipt": first.receipt})
    refused = client.post("/receipt/add/", {"receipt": first.receipt, "urls": "http://a.example/3"})

    assert not Report.objects.filter(withdrawn_at=None).exists() and Report.objects.count() == 2
    assert refused.status_code == 422


def test_the_proof_of_filing_names_day_and_number_and_nothing_else(home: None, client: Client) -> None:
    received = verbs.receive(ReportKind.OTHER, urls=["http://a.example/1"], text="what I wrote")

    page = client.post("/receipt/proof/", {"receipt": received.receipt}).content.decode()
    file = client.post("/receipt/proof/", {"receipt": received.receipt, "as": "file"})
    key = client.get("/receipt/key.json").json()

    made = json.loads(file.content)
    assert filing.holds(made, key) and made["filed_on"] == received.report.received_at.date().isoformat()
    assert set(made) == {"number", "filed_on", "hotline", "signature"} and made["number"] in page
    assert "attachment" in file["Content-Disposition"] and "no-store" in file["Cache-Control"]
    for secret in ("a.example", "what I wrote", str(received.report.pk), "other"):
        assert secret not in file.content.decode()
    assert received.receipt not in file.content.decode()
    assert re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", made["number"])


@pytest.mark.parametrize("name", filing.SIGNED)
def test_a_proof_somebody_changed_does_not_hold(home: None, name: str) -> None:
    made = filing.proof(verbs.receive(ReportKind.OTHER).report)

    changed = {**made, name: "2020-01-01"}

    assert filing.holds(made, public_jwk(ring())) and not filing.holds(changed)
    assert not filing.holds({**made, "signature": ""})


@pytest.mark.parametrize("path", ["answer", "add", "proof", "withdraw"])
def test_without_the_right_receipt_nothing_is_done_or_told(home: None, client: Client, path: str) -> None:
    verbs.receive(ReportKind.OTHER)

    answer = client.post(f"/receipt/{path}/", {"receipt": "1234-5678-9012-3456", "urls": "http://a.example/"})

    assert answer.status_code == 404 and Report.objects.count() == 1
