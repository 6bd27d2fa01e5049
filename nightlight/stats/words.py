"""How the transparency page says what the data calls by the words of the contract."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, get_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _in

from nightlight.assess.appeal_models import Appeal
from nightlight.casebook.words import Age, MadeBy, Outcome, ReportKind, Severity, Sex, SiteType, Source
from nightlight.referral.models import To, What
from nightlight.sharing.models import ListName
from nightlight.stats import flagged
from nightlight.stats.books import Row, Rows
from nightlight.stats.small_cells import DERIVED, HIDDEN_TOO, TOTAL, is_hidden
from nightlight.takedown.models import Notice

Label = str | Promise
THIN_SPACE = "\u202f"  # which no line breaks at
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_PART_OF_A_YEAR = re.compile(r"\d{4}-[HQ]\d")

FLAGGED: dict[str, Label] = {
    flagged.REMOVED: _("Removed"),
    flagged.MOVED: _("Moved"),
    flagged.DISPUTED: _("Disputed"),
    flagged.NOT_OURS: _("Said to be another's"),
    flagged.RETRACTED: _("Taken back"),
    flagged.NONE: _("Nothing known"),
}
COLUMNS: dict[str, Label] = {
    **dict(Source.choices),
    **dict(Sex.choices),
    **dict(Notice.Step.choices),
    **dict(MadeBy.choices),
    **dict(Severity.choices),
    **dict(What.choices),
    **dict(FLAGGED),
    "action": _("What was done"),
    "age": _("Age"),
    "ai_generated": _("Made by computer"),
    "alpha": _("Alpha"),
    "answers": _("Answers"),
    "appeal": _("After an appeal"),
    "before_notice": _("Gone before a notice"),
    "clock": _("Counted from"),
    "change": _("Change"),
    "come_backs": _("Came back"),
    "confirmed": _("Confirmed"),
    "correction": _("By ourselves"),
    "count": _in("how many", "Number"),
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
    "pairs": _("Looked at twice"),
    "percent": _("Percent"),
    "percent_last_year": _("Percent, year before"),
    "points": _("Points of change"),
    "prepared": _("Prepared"),
    "received": _("Received"),
    "removed": _("Removed"),
    "same": _("Same grade"),
    "scheme": _("Scheme"),
    "severity": _("Severity, UK scheme"),
    "sex": _("Sex"),
    "share": _("Share"),
    "site_type": _("Type of site"),
    "source": _in("sender", "From"),
    "state": _("State"),
    "still_up": _("Still up"),
    "to": _in("recipient", "To"),
    "total": _("Total"),
    "value": _("Value"),
    "what": _("What happened"),
    "withdrawn": _("Withdrawn"),
    "within_10_days": _("Within 10 days"),
    "within_24_hours": _("Within 24 hours"),
    "within_3_days": _("Within 3 days"),
    "domains": _("Domains"),
    "duplicates": _("Duplicates"),
    "file": _("File"),
    "hours": _("Hours"),
    "kept": _("Kept"),
    "kind": _("About"),
    "limit": _("Limit"),
    "list": _("List"),
    "looks": _("Looks"),
    "moved_share": _("Moved, share"),
    "not_kept": _("Not kept"),
    "not_self_generated": _("Not “self-generated”"),
    "on_it": _("On it"),
    "provider": _("Network"),
    "put_on": _("Put on"),
    "quarter": _("Quarter"),
    "removed_at_most": _("Removed, at most"),
    "removed_share": _("Removed, share"),
    "self_generated": _("“Self-generated”"),
    "step": _("When"),
    "taken_off": _("Taken off"),
    "tld": _("Ending"),
    "up_share": _("Still up, share"),
    "year": _("Year"),
}
ONE, TWO = 1, 2  # places behind the point
# All other figures that are not whole are shares.
DIGITS = {"median_hours": ONE, "percent": ONE, "percent_last_year": ONE, "points": ONE, "alpha": TWO}
VALUES: dict[str, dict[str, Label]] = {
    "action": FLAGGED,
    "age": dict(Age.choices),
    "file": {"image": _("Picture"), "video": _("Video"), "other": _("Something else")},
    "kind": {**dict(ReportKind.choices), "not_said": _("Not said")},
    "limit": {"day": _("Minutes of a day"), "break": _("Breaks")},
    "list": dict(ListName.choices),
    "step": {
        "within_24_hours": _("Within 24 hours"),
        "within_3_days": _("Within 3 days"),
        "within_7_days": _("Within 7 days"),
        "later": _("Later"),
        "still_up": _("Still up"),
    },
    "tld": {"other": _("All others"), "none": _("None")},
    "manner": {"contact": _in("abuse", "Contact"), "self_generated": _("“Self-generated”")},
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
        "month.change": _in("difference", "Change"),
        "month.is_record": _("More than in any month before"),
        "confirmed.year_to_date": _("Confirmed this year"),
        "confirmed.last_year": _("Confirmed in the whole of last year"),
        "self_generated.half": _("Last complete half-year"),
        "self_generated.share": _("“Self-generated” in that half-year"),
        "self_generated.share_last_year": _("“Self-generated” in the year before"),
        "self_generated.last_year": _("The year before"),
    },
}

# What the tables of the ledger (`cells.py`) count, where an edition says how much of it became known later.
LEDGER: dict[str, Label] = {
    "reports": _("Reports"),
    "receipts": _("What became of the reports"),
    "decided": _("Decisions"),
    "severity": _("Severity"),
    "child": _("Age, sex and how it was made"),
    "own": _("How it came to be"),
    "site": _("Types of site"),
    "country": _("Countries of the hosts"),
    "brought": _("Who brought what was confirmed"),
    "age_severity": _("Age by severity"),
    "age_sex": _("Age by sex"),
    "sex_severity": _("Sex by severity"),
    "marks": _("Commercial, live-streamed, made by computer"),
    "police": _("What police and child protection answered"),
    "removal": _("Time to removal"),
    "removal_in": _("Time to removal by country of the host"),
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


def figure(value: object) -> str:
    """A number of a chart in the reader's writing, or what stands in its place."""
    return str(_cell("", value))


def labelled(name: str, value: object) -> str:
    """What one bar of a chart stands for: a value of a column, or the column itself where the value is None."""
    return str(COLUMNS[name] if value is None else _cell(name, value))


def month(text: str) -> str:
    """`2020-09` as the reader's language writes a month."""
    return date_format(date(int(text[:4]), int(text[5:]), 1), "YEAR_MONTH_FORMAT")


def day(value: date) -> str:
    """A day as the reader's language writes it; in English the day comes first, as everywhere in this house."""
    return date_format(value, "j F Y" if get_language() in (None, "en") else "DATE_FORMAT")


def number(value: int) -> str:
    """A number with its thousands told apart, by a thin space where the language's own conventions leave that open."""
    if abs(value) >= 10_000 and not get_format("NUMBER_GROUPING"):
        return f"{value:,}".replace(",", THIN_SPACE)
    return number_format(value, force_grouping=True)


def share(value: float) -> str:
    """A share as a whole percentage."""
    return _now("%(number)s%%") % {"number": number_format(round(100 * value), 0)}


def _row(row: Row) -> list[Label]:
    return [_cell(name, value) for name, value in row.items()]


def _cell(name: str, value: object) -> Label:
    if value is None:
        return "–"
    if is_hidden(value):
        return _hidden(name, str(value))
    if isinstance(value, bool):
        return _now("yes") if value else _now("no")
    if isinstance(value, float):
        return number_format(round(value, DIGITS[name]), DIGITS[name]) if name in DIGITS else share(value)
    if isinstance(value, int):
        return number(value)
    text = str(value)
    if _PART_OF_A_YEAR.fullmatch(text):
        return _as_written(text)
    return month(text) if _MONTH.fullmatch(text) else VALUES.get(name, {}).get(text, text)


def _hidden(name: str, value: str) -> str:
    """What is derived of other numbers is left out for their sake."""
    return HIDDEN_TOO if name in (TOTAL, *DERIVED) else _as_written(value)


def _as_written(value: str) -> str:
    """A sign that keeps its order among words that are written from the right."""
    return f"\u2066{value}\u2069" if get_language_bidi() else value
