"""What assess keeps that may be erased in time: who appealed and what they wrote, once it is decided."""

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from nightlight.assess.models import Appeal
from nightlight.casebook import retention
from nightlight.casebook.models import Case
from nightlight.casebook.retention import Kind, emptied


def register() -> None:
    """Called once, when Django starts."""
    retention.register(
        Kind(
            "appeal",
            _("Contacts and words of appeals"),
            _("the day the appeal was decided"),
            _("That there was an appeal, of what kind, how it was decided, and our answer."),
            _decided,
            "decided_at",
            _cases,
            _erase,
        )
    )


def _decided() -> "QuerySet[Any]":
    return Appeal.objects.exclude(state=Appeal.State.OPEN).filter(decided_at__isnull=False)


def _cases() -> "QuerySet[Case]":
    return Case.objects.filter(pk=OuterRef("case_id"))


def _erase(row: Any) -> bool:
    return emptied(row, "contact", "reasons", "address", "serial")
