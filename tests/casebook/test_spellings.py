"""Reading what reporters wrote as addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.casebook.spellings import understand


def test_an_address_keeps_its_spelling_beside_its_canonical_form() -> None:
    understood, not_understood = understand(["hxxp://A[.]example/x#top"])

    assert [(spelling, address.url) for spelling, address in understood] == [
        ("hxxp://A[.]example/x#top", "http://a.example/x")
    ]
    assert not_understood == []


def test_two_spellings_of_one_address_are_one() -> None:
    understood, _ = understand(["http://a.example/x", "HTTP://A.EXAMPLE:80/x#y"])

    assert [address.url for _, address in understood] == ["http://a.example/x"]


def test_one_entry_may_hold_several_addresses() -> None:
    understood, not_understood = understand(["first http://a.example/1\nthen http://b.example/2\nno idea"])

    assert [address.url for _, address in understood] == ["http://a.example/1", "http://b.example/2"]
    assert not_understood == ["no idea"]


@pytest.mark.parametrize(
    "entry", ["", "   ", "\x00", "javascript:alert(1)", "mailto:x@a.example", "http://[::1"]
)
def test_what_makes_no_sense_is_named_back_as_it_came(entry: str) -> None:
    understood, not_understood = understand([entry])

    assert (understood, not_understood) == ([], [entry])


@given(st.lists(st.text(max_size=60), max_size=6))
def test_no_entry_is_lost_without_a_word(entries: list[str]) -> None:
    understood, not_understood = understand(entries)

    assert bool(understood or not_understood) == bool(entries)
    assert len({address.url for _, address in understood}) == len(understood)
