"""Signatures: a stranger with the public key can check them, and nothing else passes."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.vault import KeyRing
from nightlight.vault.signing import (
    PAYLOAD_LIMIT,
    SignatureRefused,
    public_jwk,
    sign,
    sign_bytes,
    verify,
    verify_bytes,
)

JSON_OBJECTS = st.dictionaries(
    st.text(max_size=8),
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
    max_size=6,
)


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@given(payload=JSON_OBJECTS)
def test_what_was_signed_is_what_is_read(lasting_ring: KeyRing, payload: dict[str, Any]) -> None:
    token = sign(lasting_ring, payload, "receipt-proof")

    assert verify(public_jwk(lasting_ring), token, typ="receipt-proof") == payload


def test_the_header_names_algorithm_type_and_key(ring: KeyRing) -> None:
    header = sign(ring, {"entry": 7}, "receipt-proof").split(".")[0]

    told = json.loads(urlsafe_b64decode(header + "=="))

    assert told == {"alg": "Ed25519", "typ": "receipt-proof", "kid": public_jwk(ring)["kid"]}


def test_equal_payloads_give_equal_tokens(ring: KeyRing) -> None:
    assert sign(ring, {"a": 1, "b": 2}, "x") == sign(ring, {"b": 2, "a": 1}, "x")


def test_the_published_key_holds_no_secret(ring: KeyRing) -> None:
    published = public_jwk(ring)

    assert set(published) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert urlsafe_b64decode(published["x"] + "=") == ring.public_key


def test_a_token_of_another_key_is_refused(ring: KeyRing, lasting_ring: KeyRing) -> None:
    token = sign(lasting_ring, {"entry": 7}, "x")

    with pytest.raises(SignatureRefused, match="does not hold"):
        verify(public_jwk(ring), token)


def test_an_altered_payload_is_refused(ring: KeyRing) -> None:
    header, _, signature = sign(ring, {"entry": 7}, "x").split(".")

    with pytest.raises(SignatureRefused, match="does not hold"):
        verify(public_jwk(ring), f"{header}.{part({'entry': 8})}.{signature}")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "EdDSA"])
def test_a_token_that_names_another_algorithm_is_refused(ring: KeyRing, algorithm: str) -> None:
    _, payload, signature = sign(ring, {"entry": 7}, "x").split(".")

    with pytest.raises(SignatureRefused, match="does not hold"):
        verify(public_jwk(ring), f"{part({'alg': algorithm, 'typ': 'x'})}.{payload}.{signature}")


def test_a_token_of_another_type_is_refused(ring: KeyRing) -> None:
    token = sign(ring, {"entry": 7}, "checkpoint")

    with pytest.raises(SignatureRefused, match="not a token of type"):
        verify(public_jwk(ring), token, typ="receipt-proof")


def test_a_signed_payload_that_is_no_object_is_refused(ring: KeyRing) -> None:
    signed = f"{part({'alg': 'Ed25519'})}.{part([1, 2])}"
    signature = urlsafe_b64encode(sign_bytes(ring, signed.encode())).rstrip(b"=").decode()

    with pytest.raises(SignatureRefused, match="not an object"):
        verify(public_jwk(ring), f"{signed}.{signature}")


@given(st.text())
def test_no_made_up_text_is_a_token(lasting_ring: KeyRing, text: str) -> None:
    with pytest.raises(SignatureRefused):
        verify(public_jwk(lasting_ring), text)


def test_the_largest_payload_that_is_signed_can_be_verified(ring: KeyRing) -> None:
    payload = {"a": "x" * (PAYLOAD_LIMIT - len('{"a":""}'))}

    token = sign(ring, payload, "x" * 100)

    assert verify(public_jwk(ring), token) == payload


def test_a_payload_nobody_could_verify_is_not_signed(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match="sign a digest"):
        sign(ring, {"a": "x" * PAYLOAD_LIMIT}, "x")


@pytest.mark.parametrize("payload", [{"a": float("nan")}, {"a": b"bytes"}])
def test_what_json_cannot_hold_is_not_signed(ring: KeyRing, payload: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        sign(ring, payload, "x")


@given(data=st.binary(), other=st.binary())
def test_signed_bytes_are_these_bytes(lasting_ring: KeyRing, data: bytes, other: bytes) -> None:
    signature = sign_bytes(lasting_ring, data)

    assert len(signature) == 64
    assert verify_bytes(lasting_ring.public_key, other, signature) == (data == other)
    assert verify_bytes(lasting_ring.public_key, data, signature)


def test_bytes_signed_by_another_key_or_by_nobody_are_refused(ring: KeyRing, lasting_ring: KeyRing) -> None:
    signature = sign_bytes(lasting_ring, b"checkpoint")

    assert not verify_bytes(ring.public_key, b"checkpoint", signature)
    assert not verify_bytes(lasting_ring.public_key, b"checkpoint", signature[:-1])
    assert not verify_bytes(b"short", b"checkpoint", signature)
