"""The grid of edits follows from the seed alone, leaves no gap and gives no offset away."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.fingerprint.grid import LATTICES, LINES, MOST_ENTRIES, Edit, Lattice, Line, grid

SEED = bytes(range(16))


@given(st.binary(max_size=80))
def test_the_same_seed_gives_the_same_grid(seed: bytes) -> None:
    first = grid(seed)
    grid.cache_clear()

    again = grid(seed)

    assert again == first


@given(st.binary(min_size=16, max_size=32), st.binary(min_size=16, max_size=32))
def test_different_seeds_give_different_offsets_under_the_same_names(one: bytes, other: bytes) -> None:
    here, there = grid(one), grid(other)

    assert [edit.name for edit in here] == [edit.name for edit in there]
    assert (here == there) == (one == other)


@given(st.binary(max_size=32))
def test_there_are_a_few_dozen_edits_with_names_of_their_own(seed: bytes) -> None:
    edits = grid(seed)

    assert 25 <= len(edits) <= MOST_ENTRIES
    assert len({edit.name for edit in edits}) == len(edits)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
@given(seed=st.binary(max_size=32))
def test_no_line_has_a_gap_wider_than_its_spacing(line: Line, seed: bytes) -> None:
    steps = [_amount(edit) for edit in grid(seed) if edit.name.rsplit("_", 1)[0] == line.name]

    gaps = [b - a for a, b in pairwise([line.start, *steps])]

    assert len(steps) == line.count
    assert all(0 <= gap <= line.spacing + 1e-9 for gap in gaps)
    assert steps[-1] >= line.reach - line.spacing / 2 - 1e-9


@pytest.mark.parametrize("lattice", LATTICES, ids=lambda lattice: lattice.name)
@given(seed=st.binary(max_size=32))
def test_no_lattice_has_a_gap_wider_than_its_spacing(lattice: Lattice, seed: bytes) -> None:
    edits = [e for e in grid(seed) if e.name.rsplit("_", 2)[0] == lattice.name]

    across = sorted({round((e.left - e.right) * 50, 6) for e in edits})
    down = sorted({round((e.top - e.bottom) * 50, 6) for e in edits})

    assert len(edits) == lattice.count**2
    for shifts in (across, down):
        reach = lattice.spacing * (lattice.count - 1) / 2
        assert all(abs(b - a - lattice.spacing) < 1e-3 for a, b in pairwise(shifts))
        assert shifts[0] <= -reach + lattice.spacing / 2 + 1e-3
        assert shifts[-1] >= reach - lattice.spacing / 2 - 1e-3


@given(st.binary(max_size=32))
def test_no_edit_cuts_away_more_than_a_quarter_of_a_side(seed: bytes) -> None:
    edits = grid(seed)

    assert all(min(e.left, e.top, e.right, e.bottom) >= 0 for e in edits)
    assert all(e.left + e.right <= 0.25 and e.top + e.bottom <= 0.25 for e in edits)
    assert all(abs(e.degrees) <= 8 for e in edits)


def test_offsets_spread_over_the_whole_spacing_from_seed_to_seed() -> None:
    line = next(line for line in LINES if line.name == "cropped_around")

    firsts = [
        _amount(edit)
        for number in range(200)
        for edit in grid(number.to_bytes(16, "big"))
        if edit.name == f"cropped_around_{line.spacing / 2:g}"
    ]

    quarters = {int(4 * first / line.spacing) for first in firsts}
    assert len(firsts) == 200
    assert quarters == {0, 1, 2, 3}
    assert 0.4 * line.spacing < sum(firsts) / 200 < 0.6 * line.spacing


def _amount(edit: Edit) -> float:
    return 100 * max(edit.left, edit.top, edit.right, edit.bottom) if edit.turn is None else abs(edit.degrees)
