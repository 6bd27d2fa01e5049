"""Every published table: its name, its title, its rule in words, and the function that counts it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from nightlight.assess.appeal_models import Appeal
from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType, Source
from nightlight.referral.models import To, What
from nightlight.stats import (
    agreement,
    care_tables,
    cells,
    children,
    curve,
    dated,
    domain_tables,
    flagged_tables,
    grade_tables,
    ledger,
    list_tables,
    measures,
    network_tables,
    place_tables,
    records,
)
from nightlight.stats.books import Books, Row, Rows, Table
from nightlight.stats.headline import headline
from nightlight.takedown.models import Notice

SELF_GENERATED_NOTE = _(
    "“Self-generated” means that the child filmed it. Often the child was groomed, coerced or extorted. It never "
    "means consent, and it is never the child's fault."
)


def _headline(books: Books) -> Rows:
    figures = headline(books.as_of)
    return [
        {"figure": f"{group}.{name}", "value": value}
        for group, values in figures.items()
        if isinstance(values, dict)
        for name, value in values.items()
    ]


def _reports_by_month(books: Books) -> Rows:
    counts = Counter(books.by_month("reports"))
    return [
        {
            "month": month,
            **{source: counts[month, source] for source in Source.values},
            "total": sum(counts[month, source] for source in Source.values),
        }
        for month in _months(month for month, _source in counts)
    ]


def _receipts(books: Books) -> Rows:
    counts = Counter({(source, step): n for (source, step, _c), n in books.sums("receipts").items()})
    return [
        {
            "source": source,
            "received": counts[source, "received"],
            "decided": counts[source, "decided"],
            "confirmed": counts[source, "confirmed"],
            "share": measures.share(counts[source, "confirmed"], counts[source, "decided"]),
            "withdrawn": counts[source, "withdrawn"],
        }
        for source in Source.values
    ]


def _outcomes(books: Books) -> Rows:
    return _shares("outcome", Outcome.values, books.sums_by("decided", 0))


def _severity(books: Books) -> Rows:
    return _shares("severity", Severity.values, books.sums_by("severity", 0))


def _age_by_sex(books: Books) -> Rows:
    counts: Counter[tuple[str, str]] = Counter()
    for (age, sex, _made_by), n in books.sums("child").items():
        counts[age, sex] += n
    return [
        {
            "age": age,
            **{sex: counts[age, sex] for sex in Sex.values},
            "total": sum(counts[age, sex] for sex in Sex.values),
        }
        for age in Age.values
    ]


def _made_by(books: Books) -> Rows:
    rows = _shares("made_by", MadeBy.values, books.sums_by("child", 2))
    alone = books.sums_by("own", 0)
    return [
        *rows,
        {
            "made_by": "self_generated",
            "count": alone["1"],
            "share": measures.share(alone["1"], alone.total()),
        },
    ]


def _site_types(books: Books) -> Rows:
    return _shares("site_type", SiteType.values, books.sums_by("site", 0))


def _countries(books: Books) -> Rows:
    counts = books.sums_by("country", 0)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"country": country, "count": count, "share": measures.share(count, counts.total())}
        for country, count in ranked
    ]


def _removal(books: Books) -> Rows:
    counts = books.sums("removal")
    return [
        _curve(clock, which, {c: n for (a, b, c), n in counts.items() if (a, b) == (clock, which)})
        for clock in ("receipt", "notice")
        for which in ("first", "came_back")
    ]


def _curve(clock: str, which: str, counts: dict[str, int]) -> Row:
    """One removal-time curve, from how many took how many full hours begun."""
    hours = sorted((int(span), n) for span, n in counts.items() if span not in (cells.UP, cells.BEFORE))
    removed, up = sum(n for _hours, n in hours), counts.get(cells.UP, 0)
    return {
        "clock": clock,
        "episode": which,
        "pages": removed + up,
        "within_24_hours": sum(n for span, n in hours if span <= 24),
        "within_3_days": sum(n for span, n in hours if span <= 72),
        "within_10_days": sum(n for span, n in hours if span <= 240),
        "removed": removed,
        "still_up": up,
        "before_notice": counts.get(cells.BEFORE, 0),
        "median_hours": measures.median_of_counts(hours, removed + up),
    }


def _come_backs(books: Books) -> Rows:
    counts: Counter[str] = Counter()
    for (month, which), n in ledger.by_month_of(
        "removal", "receipt", books.first, books.last, books.as_of
    ).items():
        if which == "came_back":
            counts[month] += n
    return [{"month": month, "come_backs": counts[month]} for month in _months(counts)]


def _notices(books: Books) -> Rows:
    counts = Counter({(role, step): n for (role, step, _c), n in books.sums("notices").items()})
    return [
        {
            "to": role,
            **{step: counts[role, step] for step in Notice.Step.values},
            "total": sum(counts[role, step] for step in Notice.Step.values),
        }
        for role in Notice.Role.values
    ]


def _referrals(books: Books) -> Rows:
    counts = Counter({(to, step): n for (to, step, _c), n in books.sums("referrals").items()})
    return [{"to": to, **{step: counts[to, step] for step in dated.REFERRED}} for to in To.values]


def _answers(books: Books) -> Rows:
    counts = Counter({(what, column): n for (what, column, _c), n in books.sums("police").items()})
    for (_month, what), n in children.counted_before(books).items():
        counts[what, "count"] -= n
    return [
        {"what": what, "answers": counts[what, "answers"], "count": counts[what, "count"]}
        for what in What.values
    ]


def _corrections(books: Books) -> Rows:
    counts = Counter(books.by_month("corrections"))
    return [
        {"month": month, **{role.value: counts[month, role] for role in dated.CORRECTIONS}}
        for month in _months(month for month, _role in counts)
    ]


def _appeals(books: Books) -> Rows:
    known = records.end_of(books.as_of)
    received = books.rows(Appeal.objects.all(), "received_at")
    decided = received.filter(decided_at__lt=known).values_list("state").annotate(n=Count("pk"))
    states = Counter(dict(decided))
    states[Appeal.State.OPEN] += received.exclude(decided_at__lt=known).count()
    return [{"state": state, "count": states[state]} for state in Appeal.State.values]


def _shares(name: str, values: Sequence[str], counts: Counter[str]) -> Rows:
    whole = counts.total()
    return [
        {name: value, "count": counts[value], "share": measures.share(counts[value], whole)}
        for value in values
    ]


def _months(found: Iterable[str]) -> list[str]:
    """Every month from the first of these to the last, those without any too."""
    known = sorted(set(found))
    if not known:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (known[0], known[-1]))
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, last + 1)]


_ONCE = _(
    "Each address counts once, on the day it was first confirmed, while that decision stands. "
    "A case that came back is a new episode and shown apart."
)
_YOUNGEST = _("Of each page the youngest child seen and the most severe category count.")

_FLAGGED = _(
    "Notices to hosts, relays, upstream networks and registrars, once for each page they are about, on the day they "
    "left; reminders count with the notice they remind of. What was done, as known on the day asked about: removed, "
    "moved to another host, disputed, said to be another's, taken back by ourselves, or nothing that we know of. Hosts "
    "are known by the handle of their network; no person is named (DSA, article 22)."
)

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
        _(
            "Every report counts on the day it came in, by who sent it: once for each address it names, and once if it "
            "names none."
        ),
        _reports_by_month,
    ),
    "receipts": Table(
        _("What became of the reports"),
        _(
            "Reports that came in, by who sent them: once for each address a report names, and once if it names "
            "none. Decided: the case about that address was decided. Confirmed: it stands confirmed. The share is of "
            "the decided."
        ),
        _receipts,
    ),
    "years": Table(
        _("Assessed and confirmed by year"),
        _(
            "Cases that were decided, each once: on the day they were first confirmed if they stand confirmed, else "
            "on the day of their first decision. The change is on the year before, of the confirmed."
        ),
        grade_tables.years,
    ),
    "sources": Table(
        _("Who brought what was confirmed"),
        _(
            "Decided and confirmed cases by who sent the first report. Proactive: found by the hotline. The share is "
            "of all confirmed."
        ),
        grade_tables.sources,
    ),
    "outcomes": Table(
        _("Decisions"),
        _(
            "Cases that were decided, each once, with the decision that stands: on the day they were first confirmed "
            "if they stand confirmed, else on the day of their first decision."
        ),
        _outcomes,
    ),
    "severity": Table(_("Severity by the UK scheme"), _ONCE, _severity),
    "age_by_sex": Table(_("Age by sex"), _YOUNGEST, _age_by_sex),
    "age_by_made_by": Table(
        _("Age by sex and how it was made"),
        _YOUNGEST,
        grade_tables.age_by_made_by,
        note=SELF_GENERATED_NOTE,
    ),
    "age_by_severity": Table(_("Age by severity"), _YOUNGEST, grade_tables.age_by_severity),
    "sex_by_severity": Table(_("Sex by severity"), _YOUNGEST, grade_tables.sex_by_severity),
    "contact": Table(
        _("Contact and “self-generated”, by age"),
        _(
            "Of the confirmed of each age: those not filmed by the child, and those that were, by sex and by severity."
        ),
        grade_tables.contact,
        note=SELF_GENERATED_NOTE,
    ),
    "marks": Table(
        _("Commercial, live-streamed, made by computer"),
        _(
            "Confirmed cases that bear the mark, by severity; a case may bear several. Commercial: produced or used "
            "for the financial gain of whoever distributes it."
        ),
        grade_tables.marks,
    ),
    "made_by": Table(_("How it was made"), _ONCE, _made_by, note=SELF_GENERATED_NOTE),
    "site_types": Table(_("Types of site"), _ONCE, _site_types),
    "countries": Table(
        _("Countries of the hosts"),
        _("Where each confirmed page was hosted when it was first traced."),
        _countries,
    ),
    "hosting": Table(
        _("Countries of the hosts, beside the year before"),
        _(
            "Where each confirmed page was hosted when it was first traced: the number, its percentage, that of the "
            "same period a year before, and the difference in points. The first ten have a subtotal. An edition that "
            "rounds takes the difference of the rounded percentages."
        ),
        place_tables.hosting,
    ),
    "removal": Table(
        _("Time to removal"),
        _(
            "Pages of cases that stand confirmed, by two clocks: from the receipt of the first report (or the day a "
            "come-back was seen), and from the first notice; each page on the day that the clock "
            "started. Pages that are still up are counted among the longest; a "
            "page that was gone before any notice left has a column of its own. Times are to the next full hour, "
            "beyond two days to the next four hours, beyond ten days to the next full day. "
            "A case that came back is a new episode and shown apart."
        ),
        _removal,
    ),
    "takedown": Table(
        _("Time to removal by country of the host"),
        _(
            "Pages of cases that stand confirmed, from the first notice, every episode. Pages that are still up are "
            "counted; a page that was gone before any notice left has a column of its own."
        ),
        place_tables.takedown,
    ),
    "takedown_by_provider": Table(
        _("Time to removal by network of the host"),
        _(
            "Pages of our own cases that stand confirmed, from the first notice, every episode, by the network in "
            "which the page was first traced; by its handle in the registry. Imported lines name no network."
        ),
        place_tables.takedown_by_provider,
    ),
    "removal_curve": Table(
        _("The curve of removal"),
        _(
            "Of pages of cases that stand confirmed, every episode, the share that was removed within so many hours "
            "(cumulative incidence after Aalen and Johansen). A page that is still up counts for as long as it has "
            "been watched; a page that moved to another host first was not removed; a page that was gone before any "
            "notice has a column of its own. Looks tell when a page was gone, not when it went: the share removed is "
            "by the first look that found it gone, the most it can be by the last look that found it up; looks that "
            "could not tell are passed over. Below 30 pages nothing is published of a clock."
        ),
        curve.curve,
    ),
    "inhope_quarters": Table(
        _("By quarter, as INHOPE and the Commission ask"),
        _(
            "Received: reports, once for each address. Duplicates: cases decided to be one; an address that is "
            "reported again is no case of its own and is not among them. “Self-generated” and not: of what was "
            "confirmed, on the day first confirmed; the total is of these two. Made by computer is a mark that either "
            "may bear."
        ),
        network_tables.quarters,
        note=SELF_GENERATED_NOTE,
    ),
    "inhope_takedown": Table(
        _("Time to removal, as INHOPE counts it"),
        _(
            "From the receipt of the report to removal, every episode; each page in one row, those still up too."
        ),
        network_tables.takedown_days,
    ),
    "incident_types": Table(
        _("What reports are about"),
        _("Every report by what its sender says it is about, once for each address it names."),
        network_tables.incident_types,
    ),
    "file_types": Table(
        _("Types of files"),
        _(
            "Pictures and videos that a decision which stands confirmed, each once however often it is seen, on the "
            "day of the first such decision. Of our own cases: imported lines do not say what a file is."
        ),
        network_tables.file_types,
    ),
    "domains": Table(
        _("Domains and their endings"),
        _(
            "Confirmed pages of our own cases, and how many different registrable domains they lie in, by the ending "
            "of the name; the first ten endings, then all others together. A domain has one ending, so that domains "
            "add up within a period, not over several."
        ),
        domain_tables.endings,
    ),
    "lists": Table(
        _("Our lists"),
        _(
            "For each month and list the entries that were put on it, taken off it, and on it at the end of the "
            "month. One picture has several hashes, each an entry; an entry that is put on again counts again."
        ),
        list_tables.sizes,
    ),
    "notices_by_provider": Table(
        _("Notices by host, as a trusted flagger reports them"),
        _FLAGGED,
        flagged_tables.by_provider,
    ),
    "notices_by_kind": Table(
        _("Notices by type of content, as a trusted flagger reports them"), _FLAGGED, flagged_tables.by_kind
    ),
    "notices_by_action": Table(
        _("Notices by what was done, as a trusted flagger reports them"), _FLAGGED, flagged_tables.by_action
    ),
    "exposures": Table(
        _("How often material was looked at"),
        _(
            "Looks at a picture or video at the desk, by everybody together, in each month in which at least three "
            "people looked. Never by person. Looks are forgotten after some weeks: of earlier months only what was "
            "published in an edition is left."
        ),
        care_tables.exposures,
    ),
    "care": Table(
        _("Limits and breaks kept"),
        _(
            "Days on which somebody worked with material, on which the minutes of a day, or the breaks, were kept by "
            "the rule that held then, in each month in which at least three people looked. Never by person. Looks are "
            "forgotten after some weeks, as above."
        ),
        care_tables.limits,
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
        _(
            "Answers on the day they name, as recorded by the hotline, and the persons they name. Children count once "
            "each: a child whom our cases know by a label is not counted again by a later answer."
        ),
        _answers,
    ),
    "police_outcomes_by_month": Table(
        _("What police and child protection answered, by month"),
        _(
            "Persons, not answers, in the month of the day that an answer names: two children in one answer are two. "
            "Children count once each: where our cases know them by a label, a child that was counted before is not "
            "counted again, and where an answer names fewer than the case has, those counted before are taken to be "
            "meant. Imported lines, and cases whose children nobody tied, are taken at their word: hotlines are told "
            "no names."
        ),
        grade_tables.answers_by_month,
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
