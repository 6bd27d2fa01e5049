"""The shapes that INHOPE and the European Commission ask a hotline for, and NCMEC's axes, as far as we have them."""

from collections import Counter

from nightlight.casebook.words import Outcome, ReportKind
from nightlight.stats import cells, files, measures
from nightlight.stats.books import Books, Rows

WITHIN = (("within_24_hours", 24), ("within_3_days", 72), ("within_7_days", 168))
NOT_SAID = "not_said"


def quarters(books: Books) -> Rows:
    """Each quarter as hotlines report it to the Commission."""
    received, decided = _quarters(books, "reports"), _quarters(books, "decided")
    own, marks = _quarters(books, "own"), _quarters(books, "marks")
    names = sorted({quarter for found in (received, decided, own) for quarter, _value in found})
    return [
        {
            "quarter": name,
            "received": sum(n for (quarter, _source), n in received.items() if quarter == name),
            "duplicates": decided[name, Outcome.DUPLICATE.value],
            "self_generated": own[name, "1"],
            "not_self_generated": own[name, "0"],
            "ai_generated": marks[name, "ai_generated"],
            "total": own[name, "0"] + own[name, "1"],  # by this name nobody subtracts one part from it
        }
        for name in names
    ]


def takedown_days(books: Books) -> Rows:
    """How soon pages were gone after the report came in, in the steps of INHOPE; each page in one row."""
    counts = Counter[str]()
    for (clock, _which, span), n in books.sums("removal").items():
        if clock == "receipt":
            within = (name for name, most in WITHIN if span != cells.UP and int(span) <= most)
            counts["still_up" if span == cells.UP else next(within, "later")] += n
    return [
        {"step": step, "count": counts[step], "share": measures.share(counts[step], counts.total())}
        for step in (*(name for name, _most in WITHIN), "later", "still_up")
    ]


def incident_types(books: Books) -> Rows:
    """Reports by what the sender says they are about."""
    counts = books.sums_by("reports", 1)
    rows = [(kind, counts[kind]) for kind in ReportKind.values] + [(NOT_SAID, counts[""])]
    return [{"kind": kind, "count": n, "share": measures.share(n, counts.total())} for kind, n in rows]


def file_types(books: Books) -> Rows:
    """Media that a settled decision confirmed, each once, on the day of the first such decision."""
    counts = books.sums_by("file", 0)
    return [
        {"file": kind, "count": counts[kind], "share": measures.share(counts[kind], counts.total())}
        for kind in files.KINDS
    ]


def _quarters(books: Books, table: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (month, value), n in books.by_month(table).items():
        found[f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}", value] += n
    return found
