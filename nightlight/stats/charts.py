"""Which table is drawn in which way, as data; a table that is not named here is drawn by what its rows hold.

A chart shows one number of each row. The words beside it say what it shows and what it does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.stats.books import Row, Rows
from nightlight.stats.small_cells import HIDDEN_TOO, TOTAL, is_hidden

MOST_BARS = 12  # of categories; the table beneath has them all
VOLUME = _(
    "It does not show how much there is in the world. Volume is not prevalence: it grows when more people report, "
    "when we look more, and when one host brings many pages."
)
_PERIODS = ("month", "year")
_NUMBERS = ("total", "count", "confirmed", "pages", "n")


class Kind(StrEnum):
    """How a table is drawn."""

    TIME = "time"  # a bar for each month or year, side by side
    BARS = "bars"  # a bar for each row, one beneath the other
    CURVE = "curve"  # a line through the share that is left after so many hours
    STEPS = "steps"  # one row: a bar for each of its columns, one beneath the other


@dataclass(frozen=True, slots=True)
class Chart:
    """How one table is drawn: `row` labels its bars and `value` is their length (of STEPS the columns in `values`);
    `where` chooses rows. `shows` and `limits` are the sentences beside it."""

    kind: Kind
    row: str
    value: str = ""
    values: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    shows: str | Promise = ""
    limits: str | Promise = VOLUME


CHARTS: dict[str, Chart] = {
    "reports_by_month": Chart(
        Kind.TIME,
        "month",
        "total",
        shows=_("The bars show how many reports came in each month, from everyone."),
    ),
    "years": Chart(
        Kind.TIME, "year", "confirmed", shows=_("The bars show how much was confirmed each year.")
    ),
    "receipts": Chart(Kind.BARS, "source", "received", shows=_("The bars show who sent the reports.")),
    "sources": Chart(
        Kind.BARS, "source", "confirmed", shows=_("The bars show who brought what was confirmed.")
    ),
    "outcomes": Chart(
        Kind.BARS,
        "outcome",
        "count",
        shows=_("The bars show what was decided."),
        limits=_(
            "A report that was not confirmed was not wrong to send: the law and our remit draw the line."
        ),
    ),
    "severity": Chart(
        Kind.BARS,
        "severity",
        "count",
        shows=_("The bars show how severe what was confirmed is, A being the most severe."),
        limits=_("It does not say how much a child was hurt. Every page is of a child who was."),
    ),
    "age_by_sex": Chart(
        Kind.BARS,
        "age",
        "total",
        shows=_("The bars show the age of the youngest child on each page."),
        limits=_("It counts pages, not children: one child's images may be on a thousand pages."),
    ),
    "made_by": Chart(
        Kind.BARS,
        "made_by",
        "count",
        shows=_("The bars show how it was made, as far as it can be seen."),
        limits=_(
            "It does not show who made a child do it, nor from where. The last bar adds up some of the others."
        ),
    ),
    "marks": Chart(Kind.BARS, "mark", "total", shows=_("The bars show how many pages bear each mark.")),
    "site_types": Chart(
        Kind.BARS, "site_type", "count", shows=_("The bars show on what kind of site it was.")
    ),
    "countries": Chart(
        Kind.BARS,
        "country",
        "count",
        shows=_("The bars show in which countries the pages were hosted; the twelve with the most."),
        limits=_(
            "It does not show where it was made or who looked at it: much hosting is cheap and near to many networks."
        ),
    ),
    "removal": Chart(
        Kind.STEPS,
        "pages",
        values=("pages", "within_24_hours", "within_3_days", "within_10_days", "removed", "still_up"),
        where={"clock": "notice", "episode": "first"},
        shows=_(
            "The bars show how many pages were gone how soon after our first notice, the first time each."
        ),
        limits=_(
            "It does not show copies elsewhere. A page that is gone may come back; that is counted apart."
        ),
    ),
    "removal_curve": Chart(
        Kind.CURVE,
        "hours",
        "up_share",
        where={"clock": "notice"},
        shows=_("The line shows how much was still up so many days after our first notice."),
        limits=_(
            "It does not show copies elsewhere. Looks tell when a page was gone, not when it went, so it may have gone "
            "sooner."
        ),
    ),
    "takedown": Chart(
        Kind.BARS,
        "country",
        "pages",
        shows=_("The bars show in which countries the pages we gave notice of were hosted."),
        limits=_("It does not show how fast each country is: that is in the numbers beneath."),
    ),
    "come_backs": Chart(
        Kind.TIME,
        "month",
        "come_backs",
        shows=_("The bars show how many pages came back each month."),
        limits=_("It only shows what we saw again: pages we no longer watch are not in it."),
    ),
    "notices": Chart(Kind.BARS, "to", "total", shows=_("The bars show whom we wrote to.")),
    "referrals": Chart(Kind.BARS, "to", "prepared", shows=_("The bars show whom we told of a case.")),
    "police_outcomes": Chart(
        Kind.BARS,
        "what",
        "count",
        shows=_("The bars show what police and child protection told us came of it."),
        limits=_(
            "It does not show everything that came of it: police may not tell us, and much takes years."
        ),
    ),
    "police_outcomes_by_month": Chart(
        Kind.TIME,
        "month",
        "child_safeguarded",
        shows=_("The bars show how many children were safeguarded each month, as police told us."),
        limits=_(
            "It does not show everything that came of it: police may not tell us, and much takes years."
        ),
    ),
    "corrections": Chart(
        Kind.TIME,
        "month",
        "correction",
        shows=_("The bars show how many decisions we took back ourselves each month."),
        limits=_("It does not show mistakes that nobody has found yet."),
    ),
    "appeals": Chart(Kind.BARS, "state", "count", shows=_("The bars show how appeals were answered.")),
}
UNDRAWN = frozenset({"headline", "second_looks"})  # said in sentences; and a measure, no number of things


def chart_of(name: str, rows: Rows) -> Chart | None:
    """How a table is drawn; None where no number of it makes a picture, or there is nothing to draw yet."""
    chart = CHARTS.get(name) or _by_its_rows(name, rows)
    if chart is None or not any(number_of(value) > 0 for _label, value in points(chart, rows)):
        return None
    return chart


def points(chart: Chart, rows: Rows) -> list[tuple[tuple[str, object], object]]:
    """What each bar stands for, as the column and value that label it, and its number (or what hides it)."""
    chosen = [row for row in rows if all(row.get(name) == value for name, value in chart.where.items())]
    if chart.kind == Kind.STEPS:
        return [((name, None), row[name]) for row in chosen[:1] for name in chart.values if name in row]
    found = [((chart.row, row[chart.row]), _told(chart, row)) for row in chosen if chart.row in row]
    return found[:MOST_BARS] if chart.kind == Kind.BARS else found


def _told(chart: Chart, row: Row) -> object:
    """A total is left out for the sake of another number, however large it is."""
    value = row.get(chart.value)
    return HIDDEN_TOO if chart.value == TOTAL and is_hidden(value) else value


def number_of(value: object) -> float:
    """How long a bar is: nothing where the number is left out."""
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if whole and not is_hidden(value) else 0.0  # type: ignore[arg-type]


def _by_its_rows(name: str, rows: Rows) -> Chart | None:
    if name in UNDRAWN or not rows:
        return None
    first = next(iter(rows[0]))
    value = next((each for each in _NUMBERS if each in rows[0]), "")
    one_each = len({row[first] for row in rows}) == len(rows)
    if not value or not one_each:
        return None
    return Chart(Kind.TIME if first in _PERIODS else Kind.BARS, first, value)
