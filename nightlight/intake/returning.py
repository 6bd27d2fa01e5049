"""What happens between the desk and whoever holds a receipt: a question, its answer, and further addresses."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind, Source
from nightlight.intake import verbs
from nightlight.intake.models import Addition, Question
from nightlight.intake.pasted import unpacked
from nightlight.work import clock

MOST_QUESTION = 1000
MOST_ANSWER = 10_000
MOST_OPEN = 5  # questions at a time for one report: nobody is to be examined
MOST_ADDITIONS = 50


class NotNow(ValueError):
    """This can't be done now; the message says why and what to do."""


@transaction.atomic
def ask(report_id: UUID, by: Person, text: str) -> Question:
    """Asks whoever reported; they see it when they come back with their receipt.

    Raises PermissionDenied, NotNow, Report.DoesNotExist.
    """
    if not by.may(Permission.CASE_ASSESS):
        raise PermissionDenied(Permission.CASE_ASSESS)
    text = text.strip()
    if not text or len(text) > MOST_QUESTION:
        raise NotNow(f"write a question of at most {MOST_QUESTION} characters")
    report = Report.objects.select_for_update().get(pk=report_id)
    if report.withdrawn_at:
        raise NotNow("this report was taken back: nobody is asked any more")
    if Addition.objects.filter(report=report).exists():
        raise NotNow("this was added to an earlier report: ask there, where the receipt leads")
    if report.questions.filter(answered_at=None).count() >= MOST_OPEN:
        raise NotNow(f"{MOST_OPEN} questions wait for an answer already")
    row = Question.objects.create(report=report, asked_by=by, asked_at=clock.now(), text=text)
    log.record("intake.ask_reporter", by=by, about=report, question=row.pk)
    return row


@transaction.atomic
def answer(receipt: str, question_id: UUID, text: str) -> Question:
    """Answers a question of the report of this receipt, once. Raises UnknownReceipt, NotNow."""
    report = Report.objects.select_for_update().get(pk=verbs.find(receipt).pk)
    row = Question.objects.select_for_update().filter(pk=question_id, report=report).first()
    text = verbs.readable(text.strip())
    if row is None or row.answered_at or report.withdrawn_at:
        raise NotNow("this question was answered already")
    if not text or len(text) > MOST_ANSWER:
        raise NotNow(f"write an answer of at most {MOST_ANSWER} characters")
    row.answer, row.answered_at = text, clock.now()
    row.save(update_fields=["answer", "answered_at"])
    log.record("intake.answer", by="reporter", about=report, question=row.pk)
    return row


def waiting(report: Report) -> list[Question]:
    """The questions that wait for an answer; none once the report was taken back, or where the words were erased."""
    if report.withdrawn_at:
        return []
    return [row for row in report.questions.filter(answered_at=None).order_by("pk") if row.text]


def add(receipt: str, written: str) -> verbs.Received:
    """Adds addresses to the report of this receipt, as a report of its own that the same receipt covers.

    Raises UnknownReceipt, NotNow, verbs.TooMuch.
    """
    with transaction.atomic():
        first = Report.objects.select_for_update().get(pk=verbs.find(receipt).pk)
        if first.withdrawn_at:
            raise NotNow("this report was taken back: please make a new one")
        if not written.strip():
            raise NotNow("write at least one address")
        if first.additions.count() >= MOST_ADDITIONS:
            raise NotNow("much was added to this report: please make a new one")
        received = verbs.receive(
            ReportKind(first.kind), urls=[unpacked(written)], source=Source(first.source)
        )
        Addition.objects.create(first=first, report=received.report, at=clock.now())
        log.record("intake.add", by="reporter", about=first, added=received.report.pk)
    return received
