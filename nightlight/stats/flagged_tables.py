"""The report of a trusted flagger (DSA, article 22): notices by host, by type of content and by what was done."""

from collections import Counter, defaultdict

from nightlight.casebook.words import ReportKind
from nightlight.stats import flagged, measures
from nightlight.stats.books import Books, Row, Rows


def by_provider(books: Books) -> Rows:
    """For each network what came of the notices about pages in it."""
    of_each: dict[str, Counter[str]] = defaultdict(Counter)
    for (provider, _kind, action), n in books.sums("flagged").items():
        of_each[provider][action] += n
    return [_row("provider", name, of_each[name]) for name in sorted(of_each)]


def by_kind(books: Books) -> Rows:
    """For each type of alleged content what came of the notices."""
    of_each: dict[str, Counter[str]] = defaultdict(Counter)
    for (_provider, kind, action), n in books.sums("flagged").items():
        of_each[kind][action] += n
    return [_row("kind", kind, of_each[kind]) for kind in ReportKind.values]


def by_action(books: Books) -> Rows:
    """What came of all notices."""
    counts = books.sums_by("flagged", 2)
    return [
        {"action": action, "count": counts[action], "share": measures.share(counts[action], counts.total())}
        for action in flagged.ACTIONS
    ]


def _row(name: str, value: str, counts: Counter[str]) -> Row:
    return {name: value, **{action: counts[action] for action in flagged.ACTIONS}, "total": counts.total()}
