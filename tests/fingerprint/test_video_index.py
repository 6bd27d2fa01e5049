"""Known videos by number: what the index answers is what comparing with each of them answers."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.fingerprint.video_index import MOST_VIDEOS, VideoIndex
from nightlight.fingerprint.video_match import Rule, Verdict, compare


@dataclass(frozen=True, slots=True)
class Still:
    """A frame's hash."""

    pdq: str
    quality: int = 90


def still(number: int, apart: int = 0, quality: int = 90) -> Still:
    """One of eight scenes, far from one another, and `apart` bits off."""
    scene = int.from_bytes(bytes([number * 37 % 256] * 16 + [number * 91 % 256] * 16))
    return Still(f"{scene ^ ((1 << apart) - 1):064x}", quality)


stills = st.builds(still, st.integers(0, 7), st.sampled_from([0, 1, 31, 32]), st.sampled_from([49, 50, 100]))
videos = st.lists(stills, max_size=12)
rules = st.builds(Rule, st.sampled_from([0.0, 0.5, 0.8, 1.0]), st.sampled_from([0.0, 0.5, 1.0]))


@given(st.lists(videos, max_size=6), videos, rules)
def test_it_answers_as_comparing_with_each_video_does(
    known: list[list[Still]], asked: list[Still], rule: Rule
) -> None:
    index = VideoIndex(rule)
    for number, frames in enumerate(known):
        index.add(number, frames)

    found = index.search(asked)

    wanted = {number: compare(asked, frames, rule) for number, frames in enumerate(known)}
    assert found == {number: match for number, match in wanted.items() if match.query_share > 0}
    assert list(found) == sorted(found, key=lambda number: (-found[number].query_share, number))


def test_a_video_put_in_anothers_place_or_removed_is_gone_at_once() -> None:
    index = VideoIndex()
    index.add(7, [still(1), still(2)])
    index.add(7, [still(3)])

    before, other = index.search([still(1)]), index.search([still(3)])
    removed, again = index.remove(7), index.remove(7)

    assert (before, list(other)) == ({}, [7])
    assert (removed, again, index.search([still(3)]), len(index)) == (True, False, {}, 0)


def test_a_video_without_a_good_frame_is_an_answer() -> None:
    index = VideoIndex()

    good = index.add(1, [still(1, quality=49)])

    assert (good, len(index)) == (0, 1)
    assert index.search([still(1)]) == {}
    assert index.search([]) == {}


def test_a_clip_of_a_known_film_matches_by_its_own_share() -> None:
    index = VideoIndex()
    index.add(MOST_VIDEOS - 1, [still(number) for number in range(8)])

    found = index.search([still(2), still(3)])[MOST_VIDEOS - 1]

    assert (found.verdict, found.query_share, found.index_share) == (Verdict.MATCH, 1.0, 0.25)


@pytest.mark.parametrize("number", [-1, MOST_VIDEOS])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="number is from 0"):
        VideoIndex().add(number, [still(1)])
