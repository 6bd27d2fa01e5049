"""How far first and second looks agree: on the random sample only, and of nobody in particular.

Second looks that something else asked for (category A, a new analyst, a mismatch) are not typical, so they are left
out unless the draw took them too. No number here is about a person.
"""

from collections import Counter
from dataclasses import dataclass

from nightlight.assess import krippendorff
from nightlight.assess.second_look import grade_of
from nightlight.assess.second_look_models import AskedLook
from nightlight.casebook.models import Assessment
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.casebook.words import Outcome

Pair = tuple[Assessment, Assessment]
FEW = 30  # below this many pairs the figure says little


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one scheme. `alpha` is None where it can't be told; `pairs` are those it rests on; `left_out` had no place in
    the order (a grade outside it, or an outcome that is no grade); `waiting` have no second look yet. `counts` has a
    row for each first look's grade, a number for each second look's, both in the order of `labels`."""

    scheme: Scheme
    alpha: float | None
    pairs: int
    left_out: int
    waiting: int
    labels: tuple[str, ...]
    counts: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def few(self) -> bool:
        """Whether there are too few pairs to say much."""
        return self.pairs < FEW


def sample() -> tuple[list[Pair], int]:
    """The pairs of first and second look that the random sample gave, and how many first looks wait."""
    firsts = [
        row.look
        for row in AskedLook.objects.filter(sampled=True)
        .select_related("look")
        .prefetch_related("look__grades")
    ]
    seconds = Assessment.objects.filter(
        role=Assessment.Role.SECOND, case__in={look.case_id for look in firsts}
    ).prefetch_related("grades")
    by_round = {(look.case_id, look.episode, look.round): look for look in seconds}
    pairs = [
        (look, second)
        for look in firsts
        if (second := by_round.get((look.case_id, look.episode, look.round))) is not None
    ]
    return pairs, len(firsts) - len(pairs)


def order_of(scheme: Scheme) -> list[str]:
    """Not illegal (empty) lowest, then the grades of a scheme that have a place in its order, up to the most severe."""
    return ["", *(grade.value for grade in reversed(scheme.grades) if grade.ordinal)]


def agreement(scheme: Scheme, pairs: list[Pair], waiting: int) -> Agreement:
    """What the pairs say in one scheme."""
    order = order_of(scheme)
    labels = (str(Outcome.NOT_ILLEGAL.label), *(scheme.printed(value) for value in order[1:]))
    ranked = [(_rank(scheme, first, order), _rank(scheme, second, order)) for first, second in pairs]
    units = [(first, second) for first, second in ranked if first is not None and second is not None]
    told = Counter(units)
    size = range(len(order))
    counts = tuple((labels[one], tuple(told[one, other] for other in size)) for one in size)
    return Agreement(
        scheme, krippendorff.alpha(units), len(units), len(pairs) - len(units), waiting, labels, counts
    )


def _rank(scheme: Scheme, look: Assessment, order: list[str]) -> int | None:
    if look.outcome == Outcome.NOT_ILLEGAL:
        return 0
    value = grade_of(scheme, look)
    return order.index(value) if look.outcome == Outcome.CONFIRMED and value in order[1:] else None
