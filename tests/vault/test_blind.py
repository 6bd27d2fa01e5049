"""Blind indexes: equal for equal values of one purpose, and nothing else to learn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.vault import KeyRing, KeyRingError, blind
from nightlight.vault.ring import Family


@given(one=st.text(st.characters(exclude_categories=())), other=st.text())
def test_values_are_found_by_equality(lasting_ring: KeyRing, one: str, other: str) -> None:
    first, second = blind(lasting_ring, "host", one), blind(lasting_ring, "host", other)

    assert (first == second) == (one == other)
    assert len(bytes.fromhex(first)) == 32


def test_one_value_looks_different_for_each_purpose_and_ring(ring: KeyRing, lasting_ring: KeyRing) -> None:
    digests = {
        blind(ring, "host", "a.example"),
        blind(ring, "domain", "a.example"),
        blind(lasting_ring, "host", "a.example"),
    }

    assert len(digests) == 3


def test_a_data_rotation_keeps_every_index_and_an_index_rotation_changes_it(ring: KeyRing) -> None:
    before = blind(ring, "host", "a.example")

    ring.rotate_data()
    after_data = blind(ring, "host", "a.example")
    ring.rotate_index()
    after_index = blind(ring, "host", "a.example")

    assert after_data == before != after_index


def test_the_old_index_can_be_asked_while_it_is_rebuilt(ring: KeyRing) -> None:
    old = ring.current(Family.INDEX)
    before = blind(ring, "host", "a.example")

    ring.rotate_index()

    assert blind(ring, "host", "a.example", key_id=old) == before


def test_an_index_key_that_is_not_in_the_ring_is_refused(ring: KeyRing) -> None:
    with pytest.raises(KeyRingError, match="no index key"):
        blind(ring, "host", "a.example", key_id=ring.current(Family.DATA))
