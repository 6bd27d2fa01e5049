"""The table of second looks: how far two people who decide the same case apart from one another agree.

Of the random sample only (`assess/agreement.py`), in each scheme that the desk grades by; never of a person. Below
MINIMUM cases nothing is published of a scheme, not even how many there are.
"""

from collections import Counter

from nightlight.assess import agreement, krippendorff
from nightlight.casebook.schemes import book
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.casebook.words import Outcome
from nightlight.stats import measures
from nightlight.stats.books import Books, Row, Rows
from nightlight.stats.ledger import Sums

MINIMUM = agreement.FEW  # looked at twice; with fewer, alpha says little and a row is somebody's work


def second_looks(books: Books) -> Rows:
    """A row for each scheme: `pairs` looked at twice, the share of them with the `same` grade, and Krippendorff's
    ordinal `alpha`, None where it can't be told. By the day of the second look."""
    given = books.sums("agreed")
    return [_row(scheme, _ranked(scheme, given)) for scheme in book.in_use()]


def _ranked(scheme: Scheme, given: Sums) -> Counter[tuple[int, ...]]:
    """How many pairs have which places in the order of a scheme; those without a place in it are left out."""
    places = {value: place for place, value in enumerate(agreement.order_of(scheme))}
    places[Outcome.NOT_ILLEGAL.value] = places.pop("")
    found: Counter[tuple[int, ...]] = Counter()
    for (key, first, second), n in given.items():
        if key in ("", scheme.key) and first in places and second in places:
            found[places[first], places[second]] += n
    return found


def _row(scheme: Scheme, pairs: Counter[tuple[int, ...]]) -> Row:
    if pairs.total() < MINIMUM:
        return {"scheme": scheme.key, "pairs": None, "same": None, "alpha": None}
    same = sum(n for (first, second), n in pairs.items() if first == second)
    return {
        "scheme": scheme.key,
        "pairs": pairs.total(),
        "same": measures.share(same, pairs.total()),
        "alpha": krippendorff.of_counts(pairs),
    }
