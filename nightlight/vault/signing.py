"""Signatures that strangers can check: Ed25519 (RFC 8032), as JSON Web Signatures (RFC 7515, 9864) or bare.

The bare form is for formats that say themselves what they are, such as a checkpoint: never sign bytes that
somebody else chose from the first one on.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from nightlight.vault.ring import KeyRing

ALGORITHM = "Ed25519"
# joserfc refuses a token above 128,000 characters when it verifies; base64url makes four of three bytes
PAYLOAD_LIMIT = 90_000


class SignatureRefused(Exception):
    """A token was altered, signed by another key, or is of another type."""


def public_jwk(ring: KeyRing) -> dict[str, str]:
    """The public key as a JSON Web Key (RFC 8037), its `kid` the thumbprint of RFC 7638."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": _base64url(ring.public_key)}
    return {**jwk, "kid": OKPKey.import_key({**jwk}).thumbprint(), "alg": ALGORITHM, "use": "sig"}


def sign(ring: KeyRing, payload: Mapping[str, Any], typ: str) -> str:
    """Sign a JSON object as a compact JWS whose header names its type (RFC 8725 section 3.11).

    The payload is written with sorted keys, so equal objects give equal tokens. Raises ValueError above
    90,000 bytes (sign a digest of it instead), and ValueError or TypeError for what JSON cannot hold.
    """
    raw = json.dumps(dict(payload), sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    if len(raw) > PAYLOAD_LIMIT:
        raise ValueError(f"{len(raw)} bytes are too many for one token; sign a digest of them")
    private, kid = _signer(ring.signing_seed)
    return jws.serialize_compact(
        {"alg": ALGORITHM, "typ": typ, "kid": kid}, raw, private, algorithms=[ALGORITHM]
    )


@lru_cache(maxsize=4)
def _signer(seed: bytes) -> tuple[OKPKey, str]:
    """The private key of a seed and its thumbprint (RFC 7638), read once: every report is promised something."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    x = _base64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    found = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x, "d": _base64url(seed)})
    return found, OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x}).thumbprint()


def verify(public_jwk: Mapping[str, str], token: str, *, typ: str | None = None) -> dict[str, Any]:
    """Return the payload of a token signed by the holder of this key and, where named, of this type.

    Raises SignatureRefused otherwise.
    """
    try:
        signed = jws.deserialize_compact(token, _jose_key(public_jwk), algorithms=[ALGORITHM])
        payload = json.loads(signed.payload)
    except (JoseError, ValueError) as error:
        raise SignatureRefused(f"the signature does not hold: {type(error).__name__}") from None
    if typ is not None and signed.headers().get("typ") != typ:
        raise SignatureRefused(f"this is not a token of type {typ}")
    if not isinstance(payload, dict):
        raise SignatureRefused("the payload is not an object")
    return payload


def sign_bytes(ring: KeyRing, data: bytes) -> bytes:
    """Sign bytes as they are: 64 bytes of Ed25519."""
    return Ed25519PrivateKey.from_private_bytes(ring.signing_seed).sign(data)


def verify_bytes(public_key: bytes, data: bytes, signature: bytes) -> bool:
    """Tell whether the holder of this key (32 bytes) signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _jose_key(public_jwk: Mapping[str, str]) -> OKPKey:
    return OKPKey.import_key({"kty": public_jwk["kty"], "crv": public_jwk["crv"], "x": public_jwk["x"]})


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
