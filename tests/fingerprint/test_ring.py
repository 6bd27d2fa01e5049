"""A sorted level gives what comparing everything gives: at every radius, on its edge, on lists unlike chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.fingerprint import brute, ring
from nightlight.fingerprint.levels import NO_DEAD
from tests.fingerprint.codes import Codes, at_distances, errors_on_the_edge, in_bits_of, random_codes


def assert_exact(codes: Codes, queries: Codes, radius: int) -> int:
    """Compare a level with the reference; give the number of hits."""
    level = ring.build(codes)

    query, row, distance = level.search(queries, 0, len(queries), radius, len(codes), NO_DEAD)

    order = np.lexsort((row, distance, query))
    wanted = brute.reference(codes, queries, radius)
    assert len(query) == len(wanted.query)  # first: telling two long lists apart takes a minute
    assert query[order].tolist() == wanted.query.tolist()
    assert row[order].tolist() == wanted.row.tolist()
    assert distance[order].tolist() == wanted.distance.tolist()
    return len(query)


@pytest.mark.parametrize("radius", range(32))
def test_every_radius_gives_exactly_what_is_within_it(radius: int) -> None:
    query = random_codes(1, radius)
    near = [bits for bits in range(max(0, radius - 2), radius + 3) for _ in range(20)]
    codes = np.concatenate([at_distances(query[0], near, radius), random_codes(500, radius + 100)])

    hits = assert_exact(codes, query, radius)

    assert hits == 20 * (min(radius, 2) + 1)


@pytest.mark.parametrize("pattern", range(5))
@pytest.mark.parametrize("radius", [15, 16, 23, 24, 30, 31])
def test_errors_spread_as_unkindly_as_possible_are_found_on_the_edge(radius: int, pattern: int) -> None:
    rng = np.random.default_rng(100 * radius + pattern)
    queries = random_codes(40, radius)
    codes = np.array(
        [
            in_bits_of(rng, query, errors_on_the_edge(rng, distance, pattern))
            for query in queries
            for distance in range(radius - 2, radius + 2)
            for _ in range(5)
        ]
    )

    hits = assert_exact(codes, queries, radius)

    assert hits == 40 * 3 * 5


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    kept_bits=st.integers(0, 64),
    rows=st.integers(0, 400),
    radius=st.integers(0, 31),
)
def test_lists_whose_codes_share_most_of_their_bits_are_exact(
    seed: int, kept_bits: int, rows: int, radius: int
) -> None:
    rng = np.random.default_rng(seed)
    free = np.zeros(256, np.uint8)
    free[rng.permutation(256)[:kept_bits]] = 1
    codes = random_codes(rows + 3, seed) & np.packbits(free).view(np.uint64)

    assert_exact(codes[3:], codes[:3], radius)


def test_more_candidates_than_the_buffer_holds_are_all_compared() -> None:
    copies = np.repeat(random_codes(1, 1), 20_000, axis=0)
    level = ring.build(copies)

    query, row, distance = level.search(copies[:2], 0, 2, 31, len(copies), NO_DEAD)

    assert np.bincount(query).tolist() == [20_000, 20_000]
    assert np.unique(row).size == 20_000
    assert not distance.any()


def test_a_level_of_more_rows_than_three_bytes_count_uses_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "THREE_BYTES", 100)
    codes = random_codes(300, 5)

    level = ring.build(codes)

    query, row, _ = level.search(codes, 0, 300, 31, 300, NO_DEAD)
    assert level.width == 4
    assert row[np.argsort(query)].tolist() == list(range(300))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_reordering_bits_keeps_distances_and_can_be_undone(seed: int) -> None:
    codes = random_codes(5, 7)
    order = ring.Order(seed)

    moved = order.apply(codes)

    assert order.undo(moved).tolist() == codes.tolist()
    assert brute.distance(moved[0], moved).tolist() == brute.distance(codes[0], codes).tolist()
