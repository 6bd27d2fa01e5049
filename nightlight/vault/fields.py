"""Field encryption: what goes into the database so that a dump of it says nothing.

A sealed field is one version byte, the four-byte id of the data key, a random 96-bit nonce, and AES-256-GCM
(NIST SP 800-38D) over the padded text, authenticated together with its table, column and row: it opens only
where it was written. Each column has its own subkey, so the bound of 2^32 random nonces per key is one per
column and data key.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nightlight.vault.derive import framed
from nightlight.vault.ring import Family, KeyRing, KeyRingError

VERSION = 1
PAD_TO = 64
_KEY_ID = slice(1, 5)
_NONCE = slice(5, 17)
_SEALED = slice(17, None)
_TAG_BYTES = 16
_SHORTEST = _NONCE.stop + PAD_TO + _TAG_BYTES


class CannotOpen(Exception):
    """A sealed field does not open here; says where and why, never what is in it."""

    def __init__(self, table: str, column: str, reason: str) -> None:
        """Name the place and the reason."""
        super().__init__(f"cannot open {table}.{column}: {reason}")
        self.table = table
        self.column = column
        self.reason = reason


def seal(ring: KeyRing, plaintext: str, *, table: str, column: str, row: str) -> bytes:
    """Encrypt a text of any length with the current data key, bound to its place.

    The length of the result tells the length of the text only to the next 64 bytes.
    """
    key_id = ring.current(Family.DATA)
    header = bytes([VERSION]) + bytes.fromhex(key_id)
    nonce = os.urandom(12)
    # surrogatepass: reporters' texts may hold lone surrogates, and a report is always accepted
    padded = _pad(plaintext.encode("utf-8", "surrogatepass"))
    cipher = AESGCM(ring.derived(Family.DATA, key_id, table, column))
    return header + nonce + cipher.encrypt(nonce, padded, framed(header, table, column, row))


def unseal(ring: KeyRing, sealed: bytes | memoryview, *, table: str, column: str, row: str) -> str:
    """Decrypt a sealed field.

    Raises CannotOpen when it was altered, cut, moved to another table, column or row, or is another ring's.
    """
    raw = bytes(sealed)
    try:
        key_id = key_id_of(raw)
        cipher = AESGCM(ring.derived(Family.DATA, key_id, table, column))
        padded = cipher.decrypt(raw[_NONCE], raw[_SEALED], framed(raw[: _KEY_ID.stop], table, column, row))
    except InvalidTag:
        raise CannotOpen(table, column, "altered, moved, or sealed by another ring") from None
    except (ValueError, KeyRingError) as error:
        raise CannotOpen(table, column, str(error)) from None
    return _unpad(padded).decode("utf-8", "surrogatepass")


def key_id_of(sealed: bytes | memoryview) -> str:
    """Id of the data key that sealed a field: rotation seals again whatever is not current.

    Raises ValueError when the bytes are no sealed field.
    """
    raw = bytes(sealed)
    if len(raw) < _SHORTEST or raw[0] != VERSION:
        raise ValueError("not a sealed field")
    return raw[_KEY_ID].hex()


def _pad(raw: bytes) -> bytes:
    """Fill up to a multiple of 64 with 0x80 and zeros (ISO/IEC 7816-4)."""
    return raw + b"\x80" + bytes(-(len(raw) + 1) % PAD_TO)


def _unpad(padded: bytes) -> bytes:
    """Undo `_pad`; only ever called on authenticated bytes."""
    return padded[: padded.rindex(b"\x80")]
