"""Sealed fields open where they were written, and nowhere else."""

import logging
import traceback
from hmac import digest

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from nightlight.vault import CannotOpen, KeyRing, seal, unseal
from nightlight.vault.derive import framed, subkey
from nightlight.vault.fields import key_id_of
from nightlight.vault.ring import Family

PLACE = {"table": "location", "column": "url", "row": "0198a0de-0000-7000-8000-000000000001"}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@given(text=ANY_TEXT)
def test_every_text_comes_back_even_with_lone_surrogates(lasting_ring: KeyRing, text: str) -> None:
    sealed = seal(lasting_ring, text, **PLACE)

    assert unseal(lasting_ring, sealed, **PLACE) == text
    assert unseal(lasting_ring, memoryview(sealed), **PLACE) == text


@given(text=ANY_TEXT, at=st.integers(0), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_refused(lasting_ring: KeyRing, text: str, at: int, bit: int) -> None:
    sealed = bytearray(seal(lasting_ring, text, **PLACE))

    sealed[at % len(sealed)] ^= 1 << bit

    with pytest.raises(CannotOpen):
        unseal(lasting_ring, bytes(sealed), **PLACE)


@given(text=ANY_TEXT, length=st.integers(0))
def test_a_cut_field_is_refused(lasting_ring: KeyRing, text: str, length: int) -> None:
    sealed = seal(lasting_ring, text, **PLACE)

    cut = sealed[: length % len(sealed)]

    with pytest.raises(CannotOpen):
        unseal(lasting_ring, cut, **PLACE)


@pytest.mark.parametrize("moved", ["table", "column", "row"])
def test_a_field_moved_to_another_place_is_refused(ring: KeyRing, moved: str) -> None:
    sealed = seal(ring, "https://a.example/x", **PLACE)

    with pytest.raises(CannotOpen):
        unseal(ring, sealed, **{**PLACE, moved: "another"})


def test_a_field_opens_by_its_documented_form_alone(ring: KeyRing) -> None:
    key_id = ring.current(Family.DATA)
    sealed = seal(ring, "a.example", **PLACE)

    cipher = AESGCM(ring.derived(Family.DATA, key_id, PLACE["table"], PLACE["column"]))
    bound = framed(sealed[:5], PLACE["table"], PLACE["column"], PLACE["row"])

    assert cipher.decrypt(sealed[5:17], sealed[17:], bound).startswith(b"a.example\x80")


def test_a_field_of_another_ring_is_refused(ring: KeyRing, lasting_ring: KeyRing) -> None:
    sealed = seal(lasting_ring, "https://a.example/x", **PLACE)

    with pytest.raises(CannotOpen, match="no data key"):
        unseal(ring, sealed, **PLACE)


def test_the_text_does_not_show_and_never_seals_to_the_same_bytes(ring: KeyRing) -> None:
    text = "https://a.example/x"

    sealed = {seal(ring, text, **PLACE) for _ in range(50)}

    assert len(sealed) == 50
    assert not any(b"example" in field for field in sealed)


@pytest.mark.parametrize(("length", "blocks"), [(0, 1), (1, 1), (63, 1), (64, 2), (127, 2), (128, 3)])
def test_the_length_shows_only_in_steps_of_64(ring: KeyRing, length: int, blocks: int) -> None:
    sealed = seal(ring, "a" * length, **PLACE)

    assert len(sealed) == 1 + 4 + 12 + 64 * blocks + 16


@pytest.mark.parametrize("text", ["\x80", "a\x00", "a\x80\x00", "\x00" * 64])
def test_a_text_that_looks_like_padding_comes_back(ring: KeyRing, text: str) -> None:
    assert unseal(ring, seal(ring, text, **PLACE), **PLACE) == text


def test_the_error_names_the_place_and_no_content(ring: KeyRing, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sealed = seal(ring, "https://a.example/x", **PLACE)

    with pytest.raises(CannotOpen) as raised:
        unseal(ring, sealed, **{**PLACE, "row": "another"})

    told = "".join(traceback.format_exception(raised.value)) + caplog.text
    assert "location.url" in str(raised.value)
    assert "a.example" not in told
    assert sealed.hex() not in told


def test_after_a_rotation_old_fields_open_and_new_ones_bear_the_new_key(ring: KeyRing) -> None:
    old = seal(ring, "old", **PLACE)

    new_key = ring.rotate_data()
    new = seal(ring, "new", **PLACE)

    assert key_id_of(new) == new_key != key_id_of(old)
    assert unseal(ring, old, **PLACE) == "old"
    assert unseal(ring, new, **PLACE) == "new"


@pytest.mark.parametrize("raw", [b"", b"\x01", b"\x02" + bytes(200), b"https://a.example/" + bytes(200)])
def test_what_is_no_sealed_field_has_no_key_id(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not a sealed field"):
        key_id_of(raw)


@given(st.lists(st.text(max_size=3)), st.lists(st.text(max_size=3)))
def test_different_parts_are_framed_differently(one: list[str], other: list[str]) -> None:
    assert (framed(*one) == framed(*other)) == (one == other)


def test_subkeys_are_those_of_rfc_5869() -> None:
    # extract-and-expand for one block of output, written from the RFC
    extracted = digest(b"nightlight vault 1", b"\x0b" * 32, "sha256")
    expanded = digest(extracted, framed("data", "t") + b"\x01", "sha256")

    assert subkey(b"\x0b" * 32, "data", "t") == expanded
