"""The tables of what was confirmed: by year and source, and by the grades of the youngest child."""

from collections import Counter
from collections.abc import Sequence

from nightlight.casebook.words import Age, MadeBy, Severity, Sex, Source
from nightlight.referral.models import What
from nightlight.stats import children, measures
from nightlight.stats.books import Books, Row, Rows

MARKS = ("commercial", "live_stream", "ai_generated")
CONTACT, ALONE = "0", "1"


def years(books: Books) -> Rows:
    """T1: decided and confirmed each year, and the change of the confirmed on the year before."""
    decided, right = _by_year(books, "decided"), _by_year(books, "own")
    known = sorted(decided.keys() | right.keys())
    found: Rows = []
    for year in range(int(known[0]), int(known[-1]) + 1) if known else ():
        name, before = str(year), right[str(year - 1)]
        change = measures.share(right[name] - before, before)
        found.append({"year": name, "decided": decided[name], "confirmed": right[name], "change": change})
    return found


def sources(books: Books) -> Rows:
    """T2, T4: decided and confirmed by who brought it."""
    decided, right = books.sums_by("decided", 1), books.sums_by("brought", 0)
    return [
        {
            "source": source,
            "decided": decided[source],
            "confirmed": right[source],
            "share": measures.share(right[source], right.total()),
        }
        for source in Source.values
    ]


def age_by_made_by(books: Books) -> Rows:
    """T7, T8: each age and sex by how it was made; the girls of 11 to 13 alone in their rooms are a cell of it."""
    counts = Counter(books.sums("child"))
    return [
        _row({"age": age, "sex": sex}, MadeBy.values, [counts[age, sex, made] for made in MadeBy.values])
        for age in Age.values
        for sex in Sex.values
    ]


def age_by_severity(books: Books) -> Rows:
    """T9."""
    return _by_severity(books, "age_severity", "age", Age.values)


def sex_by_severity(books: Books) -> Rows:
    """T9."""
    return _by_severity(books, "sex_severity", "sex", Sex.values)


def contact(books: Books) -> Rows:
    """T9 as published of 2019: for each age and how it came to be, all, by sex and by severity."""
    by_sex, by_severity = Counter(books.sums("age_sex")), Counter(books.sums("age_severity"))
    return [
        {
            "age": age,
            "manner": manner,
            "total": sum(by_sex[age, sex, own] for sex in Sex.values),
            **{sex: by_sex[age, sex, own] for sex in Sex.values},
            **{severity: by_severity[age, severity, own] for severity in Severity.values},
        }
        for age in Age.values
        for manner, own in (("contact", CONTACT), ("self_generated", ALONE))
    ]


def marks(books: Books) -> Rows:
    """T13, T20: what bears a mark, by severity."""
    counts: Counter[tuple[str, str]] = Counter()
    for (mark, severity, _sex), n in books.sums("marks").items():
        counts[mark, severity] += n
    return [
        _row({"mark": mark}, Severity.values, [counts[mark, severity] for severity in Severity.values])
        for mark in MARKS
    ]


def answers_by_month(books: Books) -> Rows:
    """Outcomes by month, as persons; children once each."""
    counts = Counter(books.by_month_where("police", "count"))
    counts.subtract(children.counted_before(books))
    months = sorted({month for month, _what in counts})
    return [{"month": month, **{what: counts[month, what] for what in What.values}} for month in months]


def _by_severity(books: Books, table: str, name: str, values: Sequence[str]) -> Rows:
    counts: Counter[tuple[str, str]] = Counter()
    for (value, severity, _own), n in books.sums(table).items():
        counts[value, severity] += n
    return [
        _row({name: value}, Severity.values, [counts[value, severity] for severity in Severity.values])
        for value in values
    ]


def _row(head: Row, names: Sequence[str], counts: Sequence[int]) -> Row:
    return {**head, **dict(zip(names, counts, strict=True)), "total": sum(counts)}


def _by_year(books: Books, table: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for (month, _a), n in books.by_month(table).items():
        found[month[:4]] += n
    return found
