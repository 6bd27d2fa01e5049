"""A list compared with itself: every pair and every cluster, as comparing all with all gives them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.fingerprint import brute
from nightlight.fingerprint.join import TooManyPairs, clusters, pairs
from tests.fingerprint.codes import Codes, at_distances, random_codes


def near_pairs(codes: Codes, radius: int) -> list[list[int]]:
    """Give all pairs within the radius, by comparing all with all."""
    near = brute.reference(codes, codes, radius)
    return sorted([i, j] for i, j in zip(near.query.tolist(), near.row.tolist(), strict=True) if i < j)


def hanging_together(codes: Codes, radius: int) -> list[int]:
    """Give for each row the first it hangs together with, by walking from it."""
    near: dict[int, set[int]] = {row: set() for row in range(len(codes))}
    for i, j in near_pairs(codes, radius):
        near[i].add(j)
        near[j].add(i)
    first = [-1] * len(codes)
    for start in near:
        to_visit = [start] if first[start] < 0 else []
        while to_visit:
            row = to_visit.pop()
            if first[row] < 0:
                first[row] = start
                to_visit += near[row]
    return first


@st.composite
def lists(draw: st.DrawFn) -> Codes:
    """Lists of a few crowds, of copies and near copies, and of loners, shuffled."""
    seed = draw(st.integers(0, 2**32))
    crowds = draw(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), max_size=4))
    codes = [random_codes(draw(st.integers(0, 40)), seed)]
    for number, (size, spread) in enumerate(crowds):
        centre = random_codes(1, seed + number + 1)[0]
        codes.append(at_distances(centre, [k % (spread + 1) for k in range(size)], seed))
    rows = np.concatenate(codes)
    return rows[np.random.default_rng(seed).permutation(len(rows))]


@settings(max_examples=50, deadline=None)
@given(codes=lists(), radius=st.integers(0, 31), threads=st.integers(1, 2))
def test_pairs_are_what_comparing_all_with_all_gives(codes: Codes, radius: int, threads: int) -> None:
    found = pairs(codes, radius, threads)

    assert found.tolist() == near_pairs(codes, radius)


@settings(max_examples=50, deadline=None)
@given(codes=lists(), radius=st.integers(0, 31))
def test_clusters_are_what_hangs_together(codes: Codes, radius: int) -> None:
    found = clusters(codes, radius)

    assert found.tolist() == hanging_together(codes, radius)


def test_chains_hang_together_though_their_ends_are_far_apart() -> None:
    chain = random_codes(1, 3)
    for step in range(7):
        chain = np.concatenate([chain, at_distances(chain[-1], [31], step)])

    found = clusters(chain, 31)

    assert found.tolist() == [0] * 8


def test_a_hundred_thousand_copies_are_one_cluster() -> None:
    codes = np.concatenate([random_codes(500, 1), np.repeat(random_codes(1, 2), 100_000, axis=0)])

    found = clusters(codes)

    assert found[:500].tolist() == list(range(500))
    assert (found[500:] == 500).all()


def test_a_crowd_of_near_copies_that_are_all_different_is_one_cluster() -> None:
    rng = np.random.default_rng(5)
    flips = np.packbits(rng.random((30_000, 256)) < 0.02, axis=1).view(np.uint64)
    crowd = random_codes(1, 2) ^ flips

    found = clusters(crowd)

    assert (found == 0).all()


def test_a_crowd_that_only_shares_its_first_chunks_stays_apart() -> None:
    codes = random_codes(20_000, 8)
    codes[:, 0] = codes[0, 0]

    assert len(pairs(codes, 31)) == 0
    assert clusters(codes, 31).tolist() == list(range(20_000))


def test_more_pairs_than_allowed_are_refused_and_not_kept() -> None:
    copies = np.repeat(random_codes(1, 2), 100_000, axis=0)

    with pytest.raises(TooManyPairs, match="clusters"):
        pairs(copies, most=1000)


@pytest.mark.parametrize("radius", [-1, 32])
def test_a_radius_beyond_the_tables_is_refused(radius: int) -> None:
    with pytest.raises(ValueError, match="31 bits"):
        clusters(random_codes(2, 1), radius)
