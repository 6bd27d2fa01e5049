"""Every published table: its name, its title, its rule in words, and the function that counts it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.assess.appeal_models import Appeal
from nightlight.casebook.models import Assessment
from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType, Source
from nightlight.referral.models import Outcome as Answer
from nightlight.referral.models import Referral, To, What
from nightlight.stats import agreement, measures, records
from nightlight.stats.headline import headline
from nightlight.stats.records import Episode, Received, Settled
from nightlight.takedown.models import Notice

Row = dict[str, Any]
Rows = list[Row]

SELF_GENERATED_NOTE = _(
    "“Self-generated” means that the child filmed it. Often the child was groomed, coerced or extorted. It never "
    "means consent, and it is never the child's fault."
)


@dataclass(frozen=True)
class Books:
    """What was known on a day, read once for all tables, and the period they are for (None is open)."""

    first: date | None
    last: date | None
    as_of: date

    @cached_property
    def received(self) -> list[Received]:
        """Reports of the period."""
        return [row for row in records.received(self.as_of) if self.holds(row.day)]

    @cached_property
    def cases(self) -> list[Settled]:
        """Every case that was decided."""
        return records.settled(self.as_of)

    @cached_property
    def confirmed(self) -> list[Settled]:
        """Cases confirmed in the period."""
        return measures.confirmed(self.cases, self.first, self.last)

    @cached_property
    def episodes(self) -> list[Episode]:
        """Episodes that began in the period."""
        return [row for row in records.episodes(self.as_of) if self.holds(measures.began_on(row))]

    def holds(self, day: date | None) -> bool:
        """Whether a day is in the period and known."""
        return measures.within(day, self.first, self.last) and day is not None and day <= self.as_of

    def days(self, rows: Iterable[Model], field: str) -> Iterable[tuple[Any, date]]:
        """The rows whose moment `field` is in the period, each with its day."""
        for row in rows:
            at = getattr(row, field)
            if at is not None and self.holds(day := at.astimezone(UTC).date()):
                yield row, day


@dataclass(frozen=True, slots=True)
class Table:
    """One published table. `rule` says what is counted and when; `document` is the JSON of a table that has its own."""

    title: str | Promise
    rule: str | Promise
    count: Callable[[Books], Rows]
    note: str | Promise = ""
    document: Callable[[date], dict[str, Any]] | None = None


def _headline(books: Books) -> Rows:
    figures = headline(books.as_of)
    return [
        {"figure": f"{group}.{name}", "value": value}
        for group, values in figures.items()
        if isinstance(values, dict)
        for name, value in values.items()
    ]


def _reports_by_month(books: Books) -> Rows:
    counts = Counter((f"{row.day:%Y-%m}", row.source) for row in books.received)
    return [
        {
            "month": month,
            **{source: counts[month, source] for source in Source.values},
            "total": sum(counts[month, source] for source in Source.values),
        }
        for month in _months(row.day for row in books.received)
    ]


def _receipts(books: Books) -> Rows:
    decided = {row.case: row for row in books.cases}
    cases = records.cases_of_reports(books.as_of)
    rows = []
    for source in Source.values:
        reports = [row for row in books.received if row.source == source]
        known = [[decided[case] for case in cases.get(row.id, []) if case in decided] for row in reports]
        right = sum(any(case.confirmed_on for case in found) for found in known)
        rows.append(
            {
                "source": source,
                "received": len(reports),
                "decided": sum(map(bool, known)),
                "confirmed": right,
                "share": measures.share(right, sum(map(bool, known))),
                "withdrawn": sum(row.withdrawn for row in reports),
            }
        )
    return rows


def _outcomes(books: Books) -> Rows:
    cases = measures.settled(books.cases, books.first, books.last)
    return _shares("outcome", Outcome.values, [row.outcome for row in cases])


def _severity(books: Books) -> Rows:
    return _shares("severity", Severity.values, [row.severity for row in books.confirmed])


def _age_by_sex(books: Books) -> Rows:
    counts = Counter((row.age or Age.UNKNOWN, row.sex or Sex.UNIDENTIFIED) for row in books.confirmed)
    return [
        {
            "age": age,
            **{sex: counts[age, sex] for sex in Sex.values},
            "total": sum(counts[age, sex] for sex in Sex.values),
        }
        for age in Age.values
    ]


def _made_by(books: Books) -> Rows:
    rows = _shares("made_by", MadeBy.values, [row.made_by or MadeBy.UNKNOWN for row in books.confirmed])
    marked = sum(row.self_generated for row in books.confirmed)
    whole = len(books.confirmed)
    return [*rows, {"made_by": "self_generated", "count": marked, "share": measures.share(marked, whole)}]


def _site_types(books: Books) -> Rows:
    return _shares("site_type", SiteType.values, [row.site_type or SiteType.OTHER for row in books.confirmed])


def _countries(books: Books) -> Rows:
    found = [row.country or "unknown" for row in books.confirmed]
    ranked = sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))
    return [
        {"country": country, "count": count, "share": measures.share(count, len(found))}
        for country, count in ranked
    ]


def _removal(books: Books) -> Rows:
    rows = []
    for clock in ("receipt", "notice"):
        for name, returned in (("first", False), ("came_back", True)):
            some = [row for row in books.episodes if (row.number > 1) == returned]
            spans = [span for row in some if (span := measures.hours(row, clock)) is not None]
            rows.append(
                {
                    "clock": clock,
                    "episode": name,
                    "pages": len(spans),
                    "within_24_hours": sum(span <= 24 for span in spans),
                    "within_3_days": sum(span <= 72 for span in spans),
                    "within_10_days": sum(span <= 240 for span in spans),
                    "removed": sum(span != float("inf") for span in spans),
                    "still_up": sum(span == float("inf") for span in spans),
                    "median_hours": measures.median_hours(spans),
                }
            )
    return rows


def _come_backs(books: Books) -> Rows:
    days = [measures.began_on(row) for row in books.episodes if row.number > 1]
    counts = Counter(f"{day:%Y-%m}" for day in days)
    return [{"month": month, "come_backs": counts[month]} for month in _months(days)]


def _notices(books: Books) -> Rows:
    sent = Notice.objects.filter(sent_at__isnull=False).only("pk", "role", "step", "sent_at")
    counts = Counter((row.role, row.step) for row, _day in books.days(sent.iterator(), "sent_at"))
    return [
        {
            "to": role,
            **{step: counts[role, step] for step in Notice.Step.values},
            "total": sum(counts[role, step] for step in Notice.Step.values),
        }
        for role in Notice.Role.values
    ]


def _referrals(books: Books) -> Rows:
    rows = list(books.days(Referral.objects.defer("package").iterator(), "prepared_at"))
    known = records.end_of(books.as_of)
    steps = ("fetched", "acknowledged", "withdrawn")
    return [
        {
            "to": to,
            "prepared": sum(row.to == to for row, _day in rows),
            **{
                step: sum(
                    row.to == to and (at := getattr(row, f"{step}_at")) is not None and at < known
                    for row, _day in rows
                )
                for step in steps
            },
        }
        for to in To.values
    ]


def _answers(books: Books) -> Rows:
    known = Answer.objects.filter(at__lt=records.end_of(books.as_of))
    found = [
        (what, count) for what, day, count in known.values_list("what", "day", "count") if books.holds(day)
    ]
    return [
        {
            "what": what,
            "answers": sum(name == what for name, _count in found),
            "count": sum(count for name, count in found if name == what),
        }
        for what in What.values
    ]


def _corrections(books: Books) -> Rows:
    roles = (Assessment.Role.CORRECTION, Assessment.Role.APPEAL)
    rows = Assessment.objects.filter(role__in=roles).only("pk", "role", "at")
    found = [(f"{day:%Y-%m}", row.role, day) for row, day in books.days(rows.iterator(), "at")]
    counts = Counter((month, role) for month, role, _day in found)
    return [
        {"month": month, **{role.value: counts[month, role] for role in roles}}
        for month in _months(day for _month, _role, day in found)
    ]


def _appeals(books: Books) -> Rows:
    known = records.end_of(books.as_of)
    rows = Appeal.objects.only("pk", "state", "received_at", "decided_at")
    states = Counter(
        row.state if row.decided_at and row.decided_at < known else Appeal.State.OPEN
        for row, _day in books.days(rows.iterator(), "received_at")
    )
    return [{"state": state, "count": states[state]} for state in Appeal.State.values]


def _shares(name: str, values: Sequence[str], found: Sequence[str]) -> Rows:
    counts = Counter(found)
    return [
        {name: value, "count": counts[value], "share": measures.share(counts[value], len(found))}
        for value in values
    ]


def _months(days: Iterable[date]) -> list[str]:
    """Every month from the first of these days to the last, those without any too."""
    found = sorted(set(days))
    if not found:
        return []
    first, last = found[0], found[-1]
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


_ONCE = _(
    "Each address counts once, on the day it was first confirmed, while that decision stands. "
    "A case that came back is a new episode and shown apart."
)
_YOUNGEST = _("Of each page the youngest child seen and the most severe category count.")

TABLES: dict[str, Table] = {
    "headline": Table(
        _("Headline figures"),
        _(
            "The complete month of this year with the most public reports, beside the same month of last year; "
            "confirmed cases this year and in the whole of last year; the “self-generated” share in the last complete "
            "half-year and in the whole year before it."
        ),
        _headline,
        note=SELF_GENERATED_NOTE,
        document=headline,
    ),
    "reports_by_month": Table(
        _("Reports by month"),
        _("Every report counts on the day it came in, by who sent it."),
        _reports_by_month,
    ),
    "receipts": Table(
        _("What became of the reports"),
        _(
            "Reports that came in, by who sent them. Decided: at least one case it led to was decided. Confirmed: at "
            "least one of them stands confirmed. The share is of the decided."
        ),
        _receipts,
    ),
    "outcomes": Table(
        _("Decisions"),
        _(
            "Cases that were decided, each once, on the day of their first decision, with the one that stands."
        ),
        _outcomes,
    ),
    "severity": Table(_("Severity by the UK scheme"), _ONCE, _severity),
    "age_by_sex": Table(_("Age by sex"), _YOUNGEST, _age_by_sex),
    "made_by": Table(_("How it was made"), _ONCE, _made_by, note=SELF_GENERATED_NOTE),
    "site_types": Table(_("Types of site"), _ONCE, _site_types),
    "countries": Table(
        _("Countries of the hosts"),
        _("Where each confirmed page was hosted when it was first traced."),
        _countries,
    ),
    "removal": Table(
        _("Time to removal"),
        _(
            "Pages of cases that stand confirmed, by two clocks: from the receipt of the first report (or the day a "
            "come-back was seen), and from the first notice. Pages that are still up are counted among the longest. "
            "A case that came back is a new episode and shown apart."
        ),
        _removal,
    ),
    "come_backs": Table(
        _("Pages that came back"),
        _("Confirmed pages that were gone and were seen again, by month."),
        _come_backs,
    ),
    "notices": Table(
        _("Notices"), _("Notices that left, by whom they went to, on the day they left."), _notices
    ),
    "referrals": Table(
        _("Referrals"),
        _("Cases given to police or child protection, on the day they were prepared."),
        _referrals,
    ),
    "police_outcomes": Table(
        _("What police and child protection answered"),
        _("Answers on the day they name, as recorded by the hotline."),
        _answers,
    ),
    "corrections": Table(
        _("Corrections"),
        _("Decisions that were taken back, by ourselves or after an appeal, on the day that was recorded."),
        _corrections,
    ),
    "second_looks": Table(
        _("Agreement of second looks"),
        _(
            "Of a random sample of first decisions a second person decides the same case without knowing the first. "
            "Krippendorff's alpha for ordered grades: 1 is full agreement, 0 is what chance would give. By the day of "
            "the second look. Below 30 cases looked at twice nothing is published."
        ),
        agreement.second_looks,
    ),
    "appeals": Table(_("Appeals"), _("Appeals on the day they came in, with their answer so far."), _appeals),
}
