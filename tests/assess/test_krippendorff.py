"""Krippendorff's alpha, against the textbook's example and a brute force over all pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.assess.krippendorff import alpha

# Krippendorff (2011), section C: four observers, twelve units, ordinal alpha 0.815.
TEXTBOOK = [
    [1, 1, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [5, 5, 5],
    [1, 1],
    [3],
]
units = st.lists(st.lists(st.integers(0, 4), max_size=4), max_size=12)


def brute_force(units: list[list[int]]) -> float | None:
    """By the definition: what differs within units over what differs among all grades that can be paired."""
    pairable = [unit for unit in units if len(unit) >= 2]
    values = [value for unit in pairable for value in unit]
    n = len(values)

    def apart(one: int, other: int) -> float:
        low, high = min(one, other), max(one, other)
        inside = sum(1 for value in values if low <= value <= high)
        ends = sum(1 for value in values if value == low) + sum(1 for value in values if value == high)
        return (inside - ends / 2) ** 2

    expected = sum(apart(values[i], values[j]) for i in range(n) for j in range(n) if i != j)
    if not expected:
        return None
    observed = sum(
        apart(unit[i], unit[j]) / (len(unit) - 1)
        for unit in pairable
        for i in range(len(unit))
        for j in range(len(unit))
        if i != j
    )
    return 1 - (observed / n) / (expected / (n * (n - 1)))


def test_the_textbook_s_example_gives_the_textbook_s_figure() -> None:
    assert alpha(TEXTBOOK) == pytest.approx(0.815, abs=0.0005)


@given(units)
def test_any_grades_give_what_the_definition_gives(units: list[list[int]]) -> None:
    assert alpha(units) == pytest.approx(brute_force(units), abs=1e-9)


@given(st.lists(st.integers(0, 4), min_size=2).filter(lambda grades: len(set(grades)) > 1))
def test_who_always_agree_have_one(grades: list[int]) -> None:
    assert alpha([[grade, grade] for grade in grades]) == pytest.approx(1)


def test_where_nothing_can_be_told_there_is_no_figure() -> None:
    assert alpha([]) is None
    assert alpha([[1], [2]]) is None
    assert alpha([[2, 2], [2, 2]]) is None


def test_a_far_disagreement_weighs_more_than_a_near_one() -> None:
    near = alpha([[1, 1], [2, 2], [3, 3], [4, 4], [1, 2]])
    far = alpha([[1, 1], [2, 2], [3, 3], [4, 4], [1, 4]])

    assert near is not None and far is not None
    assert far < near
