"""What triage keeps that may be erased in time: the words of pages that the machine read."""

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import retention
from nightlight.casebook.models import Case
from nightlight.casebook.retention import Kind, emptied
from nightlight.triage.models import Reading


def register() -> None:
    """Called once, when Django starts."""
    retention.register(
        Kind(
            "page_text",
            _("Titles and words of reported pages"),
            _("the day the page was read"),
            _("That it was read, with what outcome, and how many media it listed."),
            Reading.objects.all,
            "at",
            _cases,
            _erase,
        )
    )


def _cases() -> "QuerySet[Case]":
    return Case.objects.filter(pk=OuterRef("case_id"))


def _erase(row: Any) -> bool:
    return emptied(row, "title", "text")
