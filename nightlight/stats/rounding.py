"""How an edition rounds its shares: an attribute of the edition, because publishers have changed it over the years."""

from fractions import Fraction
from math import floor

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from nightlight.stats.books import Row, Rows

SHARES = ("share", "share_last_year", "change")


class Rounding(TextChoices):
    """Percentages are rounded half up; a change in percentage points is the difference of the rounded ones."""

    NONE = "none", _("Not rounded")
    WHOLE = "whole", _("Whole percentages")
    WHOLE_OR_TENTH = "whole_or_tenth", _("Whole percentages, a tenth where that would say none of some")


def percent(part: int, whole: int, rounding: str) -> float | None:
    """So many of so many as a percentage; None of nothing."""
    if not whole:
        return None
    exact = Fraction(100 * part, whole)
    if rounding == Rounding.NONE:
        return float(exact)
    found = floor(exact + Fraction(1, 2))
    if found or not part or rounding == Rounding.WHOLE:
        return float(found)
    return float(Fraction(floor(10 * exact + Fraction(1, 2)), 10))


def rounded(rows: Rows, rounding: str) -> Rows:
    """A table with its shares as the percentages of an edition."""
    return rows if rounding == Rounding.NONE else [_rounded(row, rounding) for row in rows]


def _rounded(row: Row, rounding: str) -> Row:
    return {
        name: _percentage(value, rounding) if name in SHARES and isinstance(value, float) else value
        for name, value in row.items()
    }


def _percentage(share: float, rounding: str) -> float:
    exact = Fraction(share).limit_denominator(100_000_000)
    return percent(exact.numerator, exact.denominator, rounding) or 0.0
