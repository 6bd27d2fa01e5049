"""Krippendorff's alpha for grades in an order, from the table of coincidences.

Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections C and D with the ordinal difference:
the squared sum of how often the grades from one to the other were given, both ends by half. 1 is full agreement, 0 is
what chance would give, below 0 is worse than chance.

>>> alpha([[1, 1], [2, 2], [3, 3]])
1.0
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations


def alpha(units: Sequence[Sequence[int]]) -> float | None:
    """The agreement of at least two grades per unit, units with fewer left out; grades are ranks, in any numbers.

    None where it can't be told: no unit, or everybody gave the same grade all the time.
    """
    return of_counts(Counter(tuple(unit) for unit in units))


def of_counts(units: Mapping[tuple[int, ...], int]) -> float | None:
    """The same where only how many units were graded in each way is known."""
    together: dict[tuple[int, int], float] = defaultdict(float)
    for unit, times in units.items():
        for pair in permutations(unit, 2):
            together[pair] += times / (len(unit) - 1)
    often: dict[int, float] = defaultdict(float)
    for (one, _), count in together.items():
        often[one] += count
    ranks, total = sorted(often), sum(often.values())
    apart = {(one, other): _difference(one, other, ranks, often) for one in ranks for other in ranks}
    expected = sum(often[one] * often[other] * apart[one, other] for one, other in apart)
    if not expected:
        return None
    observed = sum(count * apart[pair] for pair, count in together.items())
    return float(1 - (total - 1) * observed / expected)


def _difference(one: int, other: int, ranks: Sequence[int], often: Mapping[int, float]) -> float:
    low, high = sorted((one, other))
    between = sum(often[rank] for rank in ranks if low <= rank <= high)
    return (between - (often[low] + often[high]) / 2) ** 2
