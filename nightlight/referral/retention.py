"""What referral keeps that may be erased in time: packages that the authority took on, or that were withdrawn."""

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import retention
from nightlight.casebook.models import Case
from nightlight.casebook.retention import Kind, emptied
from nightlight.referral.models import Referral

OVER = (Referral.State.ACKNOWLEDGED, Referral.State.WITHDRAWN)


def register() -> None:
    """Called once, when Django starts."""
    retention.register(
        Kind(
            "referral_package",
            _("Packages that police or child protection took on"),
            _("the day the package was made"),
            _("The referral with its number, states and times, and the outcomes."),
            _over,
            "prepared_at",
            _cases,
            _erase,
        )
    )


def _over() -> "QuerySet[Any]":
    return Referral.objects.filter(state__in=OVER)


def _cases() -> "QuerySet[Case]":
    return Case.objects.filter(pk=OuterRef("case_id"))


def _erase(row: Any) -> bool:
    return emptied(row, "package")
