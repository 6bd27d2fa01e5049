"""Subkeys: one secret, many purposes, none of which gives away another."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_SALT = b"nightlight vault 1"


def framed(*parts: str | bytes) -> bytes:
    """Join parts so that no two different lists of parts give the same bytes.

    Each part is preceded by its length as four bytes, big-endian; text is UTF-8.

    >>> framed("ab", "c") == framed("a", "bc")
    False
    """
    pieces: list[bytes] = []
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        pieces += (len(raw).to_bytes(4, "big"), raw)
    return b"".join(pieces)


def subkey(secret: bytes, *purpose: str) -> bytes:
    """Derive 32 bytes for one purpose from a 32-byte secret: HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=_SALT, info=framed(*purpose)).derive(secret)
