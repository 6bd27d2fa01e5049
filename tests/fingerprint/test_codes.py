"""Hashes as arrays and back: only what is a PDQ hash is read, and every bit keeps its place."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.fingerprint import codes
from nightlight.fingerprint.codes import BadHash, distance, from_hex, to_hex

HASHES = st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=5)


@given(texts=HASHES)
def test_reading_and_writing_gives_the_same_back(texts: list[str]) -> None:
    assert to_hex(from_hex(texts)) == texts


@given(texts=HASHES.filter(lambda texts: len(texts) > 1))
def test_the_distance_is_the_number_of_bits_that_differ(texts: list[str]) -> None:
    read = from_hex(texts)

    apart = distance(read[0], read)

    assert apart.tolist() == [(int(texts[0], 16) ^ int(text, 16)).bit_count() for text in texts]


@pytest.mark.parametrize(
    "text", ["", "0" * 63, "0" * 65, "F" * 64, "g" * 64, " " + "0" * 63, "0" * 64 + "\n", "٠" * 64, None, 7]
)
def test_what_is_no_hash_is_refused_by_its_position(text: str) -> None:
    with pytest.raises(BadHash, match="number 1 ") as refused:
        from_hex(["0" * 64, text])

    assert refused.value.position == 1


def test_codes_may_be_written_to_and_lie_in_a_row() -> None:
    read = from_hex(["0" * 64] * 3)

    read[1] = 1

    assert read.flags.c_contiguous
    assert read.dtype == np.uint64


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(codes).failed == 0
