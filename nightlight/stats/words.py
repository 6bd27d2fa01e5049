"""How the transparency page says what the data calls by the words of the contract."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from nightlight.assess.appeal_models import Appeal
from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType, Source
from nightlight.referral.models import To, What
from nightlight.stats.books import Row, Rows
from nightlight.takedown.models import Notice

Label = str | Promise

COLUMNS: dict[str, Label] = {
    **dict(Source.choices),
    **dict(Sex.choices),
    **dict(Notice.Step.choices),
    **dict(MadeBy.choices),
    **dict(Severity.choices),
    **dict(What.choices),
    "age": _("Age"),
    "answers": _("Answers"),
    "appeal": _("After an appeal"),
    "before_notice": _("Gone before a notice"),
    "clock": _("Counted from"),
    "change": _("Change"),
    "come_backs": _("Came back"),
    "confirmed": _("Confirmed"),
    "correction": _("By ourselves"),
    "count": _("Number"),
    "country": _("Country"),
    "decided": _("Decided"),
    "episode": _("Which time"),
    "fetched": _("Fetched"),
    "acknowledged": _("Acknowledged"),
    "figure": _("Figure"),
    "made_by": _("Made by"),
    "manner": _("How it came to be"),
    "mark": _("Mark"),
    "median_hours": _("Median, hours"),
    "month": _("Month"),
    "outcome": _("Decision"),
    "pages": _("Pages"),
    "percent": _("Percent"),
    "percent_last_year": _("Percent, year before"),
    "points": _("Points of change"),
    "prepared": _("Prepared"),
    "received": _("Received"),
    "removed": _("Removed"),
    "severity": _("Severity, UK scheme"),
    "sex": _("Sex"),
    "share": _("Share"),
    "site_type": _("Type of site"),
    "source": _("From"),
    "state": _("State"),
    "still_up": _("Still up"),
    "to": _("To"),
    "total": _("Total"),
    "value": _("Value"),
    "what": _("What happened"),
    "withdrawn": _("Withdrawn"),
    "within_10_days": _("Within 10 days"),
    "within_24_hours": _("Within 24 hours"),
    "within_3_days": _("Within 3 days"),
    "year": _("Year"),
}
NUMBERS = ("median_hours", "percent", "percent_last_year", "points")
VALUES: dict[str, dict[str, Label]] = {
    "age": dict(Age.choices),
    "manner": {"contact": _("Contact"), "self_generated": _("“Self-generated”")},
    "mark": {
        "commercial": _("Commercial"),
        "live_stream": _("Live-streamed"),
        "ai_generated": _("Made by computer"),
    },
    "outcome": dict(Outcome.choices),
    "severity": dict(Severity.choices),
    "sex": dict(Sex.choices),
    "site_type": dict(SiteType.choices),
    "source": dict(Source.choices),
    "state": dict(Appeal.State.choices),
    "to": {**dict(Notice.Role.choices), **dict(To.choices)},
    "what": dict(What.choices),
    "made_by": {**dict(MadeBy.choices), "self_generated": _("All “self-generated”")},
    "country": {
        "unknown": _("Unknown"),
        "onion": _("Hidden service"),
        "child_report": _("Child's report"),
        "top_ten": _("The first ten"),
    },
    "clock": {"receipt": _("The report"), "notice": _("The first notice")},
    "episode": {"first": _("The first time"), "came_back": _("Came back")},
    "figure": {
        "month.month": _("Month of this year with the most public reports"),
        "month.public_reports": _("Public reports in that month"),
        "month.same_month_last_year": _("In the same month of last year"),
        "month.change": _("Change"),
        "month.is_record": _("More than in any month before"),
        "confirmed.year_to_date": _("Confirmed this year"),
        "confirmed.last_year": _("Confirmed in the whole of last year"),
        "self_generated.half": _("Last complete half-year"),
        "self_generated.share": _("“Self-generated” in that half-year"),
        "self_generated.share_last_year": _("“Self-generated” in the year before"),
        "self_generated.last_year": _("The year before"),
    },
}


@dataclass(frozen=True, slots=True)
class Cells:
    """A table as it is shown: headings, and rows of readable cells."""

    columns: list[Label]
    rows: list[list[Label]]


def readable(rows: Rows) -> Cells:
    """A table in the reader's words."""
    names = list(rows[0]) if rows else []
    return Cells([COLUMNS[name] for name in names], [_row(row) for row in rows])


def _row(row: Row) -> list[Label]:
    return [_cell(name, value) for name, value in row.items()]


def _cell(name: str, value: object) -> Label:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _now("yes") if value else _now("no")
    if isinstance(value, float):
        return f"{value:.1f}" if name in NUMBERS else f"{value:.0%}"
    return VALUES.get(name, {}).get(str(value), str(value))
