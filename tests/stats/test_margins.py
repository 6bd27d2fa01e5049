"""No small count is to be had by putting two published tables side by side."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nightlight.casebook.words import Severity, Sex
from nightlight.stats import margins
from nightlight.stats.small_cells import is_hidden

AGES = ("7-10", "11-13")
cells = st.lists(
    st.tuples(st.sampled_from(AGES), st.sampled_from(Sex.values), st.sampled_from(Severity.values)),
    max_size=25,
)


def _cross(people: list[Any], place: int, other: int, names: tuple[str, str], values: Any) -> Any:
    def n(value: str, column: str) -> int:
        return sum(each[place] == value and each[other] == column for each in people)

    return [
        {names[0]: value, **{column: n(value, column) for column in values[1]}}
        | {"total": sum(each[place] == value for each in people)}
        for value in values[0]
    ]


def _tables(people: list[Any]) -> dict[str, Any]:
    sexes, grades = Sex.values, Severity.values
    return {
        "age_by_sex": _cross(people, 0, 1, ("age", "sex"), (AGES, sexes)),
        "age_by_severity": _cross(people, 0, 2, ("age", "severity"), (AGES, grades)),
        "sex_by_severity": _cross(people, 1, 2, ("sex", "severity"), (sexes, grades)),
        "severity": [
            {"severity": grade, "count": sum(each[2] == grade for each in people)} for grade in grades
        ],
    }


def leaks(people: list[Any]) -> list[str]:
    """Cells of one or two that come out of a row with the sum that another table shows."""
    tables = _tables(people)
    shown = {name: margins.published(name, tables.__getitem__) for name in tables}
    found = []
    for mine, other in (("age_by_sex", "age_by_severity"), ("age_by_severity", "age_by_sex")):
        for row, beside in zip(shown[mine], shown[other], strict=True):
            hidden = [name for name, value in row.items() if is_hidden(value) and name != "total"]
            if len(hidden) == 1 and not is_hidden(beside["total"]):
                found.append(f"{mine} {row['age']} {hidden[0]}")
    return found


@given(cells)
def test_no_hidden_count_comes_out_of_the_sum_in_another_table(people: list[Any]) -> None:
    assert leaks(people) == []
