"""Receipts, bearer tokens and links: read kindly, guessed by nobody."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.vault import KeyRing
from nightlight.vault.tokens import (
    new_receipt,
    new_token,
    normalise_receipt,
    open_link,
    receipt_digest,
    same,
    signed_link,
    token_digest,
)

RECEIPT = "1234-5678-9012-3456"
NOTICE = str(uuid.UUID(int=7))


def test_a_receipt_is_sixteen_digits_in_groups_of_four() -> None:
    receipts = {new_receipt() for _ in range(200)}

    assert len(receipts) == 200
    assert all(re.fullmatch(r"\d{4}(-\d{4}){3}", receipt, re.ASCII) for receipt in receipts)


def test_every_digit_of_a_receipt_takes_every_value() -> None:
    receipts = [new_receipt().replace("-", "") for _ in range(1000)]

    seen = [{receipt[place] for receipt in receipts} for place in range(16)]

    assert all(len(values) == 10 for values in seen)


def test_a_receipt_that_begins_with_zeros_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda limit: 42)

    assert new_receipt() == "0000-0000-0000-0042"


@pytest.mark.parametrize(
    "written",
    [
        RECEIPT,
        "1234567890123456",
        "  1234 5678\t9012\n3456 ",
        "1234–5678—9012−3456",
        "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6",
        "1234\u00a05678\u202f9012\u30003456",
        "\u200f١٢٣٤-٥٦٧٨-٩٠١٢-٣٤٥٦\u200e",
        "१२३४ ५६७८ ९०१२ ३४५६",
        "1234567890123456",
    ],
)
def test_a_receipt_is_read_as_people_write_it(written: str) -> None:
    assert normalise_receipt(written) == RECEIPT


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1234-5678-9012-345",
        "1234-5678-9012-34567",
        "1234-5678-9012-345a",
        "1234_5678_9012_3456",
        "1234.5678.9012.3456",
        "1234-5678-9012-345²",
        "1234-5678-9012-345½",
        pytest.param("-" * 1_000_000 + RECEIPT, id="very long"),
    ],
)
def test_anything_else_is_no_receipt(written: str) -> None:
    assert normalise_receipt(written) is None


@given(st.text(st.characters(exclude_categories=())))
def test_reading_a_receipt_never_fails_and_reads_its_own_answer_alike(text: str) -> None:
    normal = normalise_receipt(text)

    assert normal is None or normalise_receipt(normal) == normal


def test_a_receipt_is_found_however_it_is_written(ring: KeyRing) -> None:
    digest = receipt_digest(ring, RECEIPT)

    assert receipt_digest(ring, "1234 5678 9012 3456") == digest
    assert receipt_digest(ring, "1234 5678 9012 3457") != digest
    assert len(bytes.fromhex(digest)) == 32


def test_without_the_ring_a_receipt_cannot_be_tried(ring: KeyRing, lasting_ring: KeyRing) -> None:
    assert receipt_digest(ring, RECEIPT) != receipt_digest(lasting_ring, RECEIPT)


def test_the_digest_of_a_receipt_stays_when_keys_rotate(ring: KeyRing) -> None:
    before = receipt_digest(ring, RECEIPT)

    ring.rotate_data()
    ring.rotate_index()

    assert receipt_digest(ring, RECEIPT) == before


def test_what_is_no_receipt_has_no_digest_and_is_not_quoted(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match=r"^not a receipt$"):
        receipt_digest(ring, "my name and address")


def test_a_bearer_token_tells_what_it_is_and_is_otherwise_random() -> None:
    tokens = {new_token("member") for _ in range(100)}

    assert len(tokens) == 100
    assert all(re.fullmatch(r"nl_member_[A-Za-z0-9_-]{43}", token) for token in tokens)


@pytest.mark.parametrize("hint", ["", "Desk", "a b", "a" * 33, "desk\n"])
def test_a_hint_that_is_no_scope_is_refused(hint: str) -> None:
    with pytest.raises(ValueError, match="not a scope"):
        new_token(hint)


def test_the_digest_of_a_token_is_of_this_token_and_this_ring(ring: KeyRing, lasting_ring: KeyRing) -> None:
    token = new_token("desk")

    digests = {
        token_digest(ring, token),
        token_digest(ring, token + "x"),
        token_digest(lasting_ring, token),
    }

    assert len(digests) == 3
    assert token_digest(ring, token) in digests


@given(st.text(st.characters(exclude_categories=())), st.text())
def test_secrets_are_compared_by_their_characters(one: str, other: str) -> None:
    assert same(one, other) == (one == other)
    assert same(one, one)


@given(purpose=st.text(max_size=10), value=st.text(max_size=60))
def test_a_link_names_its_value_and_fits_into_an_address(
    lasting_ring: KeyRing, purpose: str, value: str
) -> None:
    token = signed_link(lasting_ring, purpose, value)

    assert open_link(lasting_ring, purpose, token) == value
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)


def test_a_link_needs_no_storage_and_outlives_rotations(ring: KeyRing) -> None:
    token = signed_link(ring, "notice", NOTICE)

    ring.rotate_data()
    ring.rotate_index()

    assert KeyRing.load(ring.path.parent).fingerprint == ring.fingerprint
    assert open_link(KeyRing.load(ring.path.parent), "notice", token) == NOTICE


def test_a_link_opens_only_for_its_purpose_and_ring(ring: KeyRing, lasting_ring: KeyRing) -> None:
    token = signed_link(ring, "notice", NOTICE)

    assert open_link(ring, "appeal", token) is None
    assert open_link(lasting_ring, "notice", token) is None


@given(at=st.integers(0), character=st.characters(exclude_categories=()))
def test_a_link_with_one_other_character_opens_nothing(
    lasting_ring: KeyRing, at: int, character: str
) -> None:
    token = signed_link(lasting_ring, "notice", NOTICE)
    place = at % len(token)

    altered = token[:place] + character + token[place + 1 :]

    assert open_link(lasting_ring, "notice", altered) == (NOTICE if altered == token else None)


@given(st.text(st.characters(exclude_categories=())))
def test_no_made_up_text_is_a_link(lasting_ring: KeyRing, text: str) -> None:
    assert open_link(lasting_ring, "notice", text) is None


@pytest.mark.parametrize("spell", ["{}=", "{}==", " {}", "{}\n", "{}!"])
def test_another_spelling_of_the_same_bytes_is_no_link(ring: KeyRing, spell: str) -> None:
    token = signed_link(ring, "notice", NOTICE)

    assert open_link(ring, "notice", spell.format(token)) is None
