"""The table of second looks: how far two people who decide the same case apart from one another agree.

Of the random sample only (`assess/agreement.py`), in each scheme that the desk grades by; never of a person. Below
MINIMUM cases nothing is published of a scheme, not even how many there are.
"""

from typing import TYPE_CHECKING, Any

from nightlight.assess import agreement
from nightlight.casebook.schemes import book
from nightlight.stats import measures

if TYPE_CHECKING:
    from nightlight.stats.books import Books

MINIMUM = agreement.FEW  # looked at twice; with fewer, alpha says little and a row is somebody's work


def second_looks(books: "Books") -> list[dict[str, Any]]:
    """A row for each scheme: `pairs` looked at twice, the share of them with the `same` grade, and Krippendorff's
    ordinal `alpha`, None where it can't be told. By the day of the second look."""
    pairs, _waiting = agreement.sample()
    known = {second.pk for second, _day in books.days([second for _first, second in pairs], "at")}
    mine = [pair for pair in pairs if pair[1].pk in known]
    return [_row(agreement.agreement(scheme, mine, 0)) for scheme in book.in_use()]


def _row(found: agreement.Agreement) -> dict[str, Any]:
    if found.pairs < MINIMUM:
        return {"scheme": found.scheme.key, "pairs": None, "same": None, "alpha": None}
    same = sum(seconds[place] for place, (_label, seconds) in enumerate(found.counts))
    return {
        "scheme": found.scheme.key,
        "pairs": found.pairs,
        "same": measures.share(same, found.pairs),
        "alpha": found.alpha,
    }
