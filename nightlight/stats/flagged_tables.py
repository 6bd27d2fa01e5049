"""The report of a trusted flagger (DSA, article 22): notices by host, by type of content and by what was done."""

from collections import Counter

from nightlight.casebook.words import ReportKind
from nightlight.stats import flagged, measures
from nightlight.stats.books import Books, Row, Rows


def by_provider(books: Books) -> Rows:
    """For each network what came of the notices about pages in it."""
    counts = Counter(books.sums("flagged"))
    names = sorted({provider for provider, _kind, _action in counts})
    return [_row("provider", name, {key: n for key, n in counts.items() if key[0] == name}) for name in names]


def by_kind(books: Books) -> Rows:
    """For each type of alleged content what came of the notices."""
    counts = Counter(books.sums("flagged"))
    return [
        _row("kind", kind, {key: n for key, n in counts.items() if key[1] == kind})
        for kind in ReportKind.values
    ]


def by_action(books: Books) -> Rows:
    """What came of all notices."""
    counts = books.sums_by("flagged", 2)
    return [
        {"action": action, "count": counts[action], "share": measures.share(counts[action], counts.total())}
        for action in flagged.ACTIONS
    ]


def _row(name: str, value: str, counts: dict[tuple[str, str, str], int]) -> Row:
    found: Counter[str] = Counter()
    for (_provider, _kind, action), n in counts.items():
        found[action] += n
    return {name: value, **{action: found[action] for action in flagged.ACTIONS}, "total": found.total()}
