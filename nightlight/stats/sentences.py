"""The headline figures in plain sentences, from the rows that may be published; what is left out is not said."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nightlight.stats import words
from nightlight.stats.books import Rows
from nightlight.stats.tables import SELF_GENERATED_NOTE

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One figure, large, and the sentences that go on from it; `note` must stand beside it."""

    figure: str
    words: tuple[str, ...]
    note: str | Promise = ""


def headline(rows: Rows, as_of: date) -> list[Said]:
    """What can be said of the published rows of the headline, in the language that is spoken now."""
    figures = {row["figure"]: row["value"] for row in rows}
    found = [_month(figures), _confirmed(figures, as_of), _self_generated(figures)]
    return [each for each in found if each]


def _month(figures: Figures) -> Said | None:
    reports, name = figures.get("month.public_reports"), figures.get("month.month")
    if not _is_number(reports) or not name:
        return None
    said = ngettext(
        "report from the public in %(month)s, the most of any month of this year.",
        "reports from the public in %(month)s, the most of any month of this year.",
        reports,
    )
    more = [_change(figures.get("month.change"), f"{int(name[:4]) - 1}{name[4:]}")]
    if figures.get("month.is_record"):
        more.append(_("No month before brought as many."))
    return Said(
        words.number(reports), (said % {"month": words.month(name)}, *(each for each in more if each))
    )


def _change(change: object, month: str) -> str:
    if not _is_number(change):
        return ""
    said = {"month": words.month(month), "number": words.number(abs(change))}
    if change > 0:
        return (
            ngettext(
                "That is %(number)s more than in %(month)s.",
                "That is %(number)s more than in %(month)s.",
                change,
            )
            % said
        )
    if change < 0:
        return (
            ngettext(
                "That is %(number)s fewer than in %(month)s.",
                "That is %(number)s fewer than in %(month)s.",
                -change,
            )
            % said
        )
    return _("That is as many as in %(month)s.") % said


def _confirmed(figures: Figures, as_of: date) -> Said | None:
    now, before = figures.get("confirmed.year_to_date"), figures.get("confirmed.last_year")
    if not _is_number(now) or not (now or before):
        return None
    said = ngettext(
        "page or report confirmed this year, up to %(day)s.",
        "pages and reports confirmed this year, up to %(day)s.",
        now,
    ) % {"day": words.day(as_of)}
    if not _is_number(before):
        return Said(words.number(now), (said,))
    last = _("In the whole of %(year)s it was %(number)s.") % {
        "year": as_of.year - 1,
        "number": words.number(before),
    }
    return Said(words.number(now), (said, last))


def _self_generated(figures: Figures) -> Said | None:
    share, half = figures.get("self_generated.share"), figures.get("self_generated.half")
    if not isinstance(share, float) or not half:
        return None
    first = _("of what was confirmed in the first half of %(year)s was “self-generated”.")
    second = _("of what was confirmed in the second half of %(year)s was “self-generated”.")
    said = [(first if half.endswith("1") else second) % {"year": half[:4]}]
    if isinstance(before := figures.get("self_generated.share_last_year"), float):
        year = figures["self_generated.last_year"]
        said.append(_("In %(year)s it was %(share)s.") % {"year": year, "share": words.share(before)})
    return Said(words.share(share), tuple(said), SELF_GENERATED_NOTE)


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
