"""What takedown keeps that may be erased in time: the whole mail of a notice, and what a provider wrote on its page."""

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import retention
from nightlight.casebook.models import Case
from nightlight.casebook.retention import Kind, emptied
from nightlight.takedown.models import Answer, Notice

NOT_LEFT = (Notice.State.QUEUED, Notice.State.SENDING, Notice.State.IN_DOUBT)


def register() -> None:
    """Called once, when Django starts."""
    retention.register(
        Kind(
            "notice_body",
            _("Mails of notices as they were sent"),
            _("the day the notice left"),
            _("The notice with its serial number, recipient, times, pages and state."),
            _left,
            "sent_at",
            _of_notice,
            _mail,
        )
    )
    retention.register(
        Kind(
            "answer_note",
            _("What providers wrote to their answers"),
            _("the day of the answer"),
            _("The answer itself and its time."),
            Answer.objects.all,
            "at",
            _of_answer,
            _note,
        )
    )


def _left() -> "QuerySet[Any]":
    return Notice.objects.exclude(state__in=NOT_LEFT).filter(sent_at__isnull=False)


def _of_notice() -> "QuerySet[Case]":
    return Case.objects.filter(notice_pages__notice=OuterRef("pk"))


def _of_answer() -> "QuerySet[Case]":
    return Case.objects.filter(notice_pages__notice=OuterRef("notice_id"))


def _mail(row: Any) -> bool:
    return emptied(row, "body")


def _note(row: Any) -> bool:
    return emptied(row, "note")  # its digest stays: the same answer again is still no new one
