"""What people carry: receipts, bearer tokens and signed links. The database keeps digests of them at most."""

import binascii
import hmac
import re
import secrets
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode

from nightlight.vault.ring import KeyRing

RECEIPT_DIGITS = 16
_RECEIPT_TEXT_LIMIT = 200
_MINUS = "\u2212"
_SCOPE_HINT = re.compile(r"[a-z_]{1,32}")
_LINK_TAG_BYTES = 16


def new_receipt() -> str:
    """Draw a receipt: 16 digits, each equally likely (53 bits), in groups as on a bank card.

    >>> len(new_receipt().split("-"))
    4
    """
    return _grouped(f"{secrets.randbelow(10**RECEIPT_DIGITS):0{RECEIPT_DIGITS}d}")


def normalise_receipt(text: str) -> str | None:
    """Read a receipt as people write it, or None where it is none.

    Digits of every script count; spaces, dashes and characters that nobody sees (as copied right-to-left text
    carries) are dropped. The result looks as `new_receipt` gave it.

    >>> normalise_receipt(" 1234 5678–9012 ٣٤٥٦ ")
    '1234-5678-9012-3456'
    """
    if len(text) > _RECEIPT_TEXT_LIMIT:
        return None
    digits = ""
    for character in text:
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            digits += str(digit)
        elif not _is_filling(character):
            return None
    return _grouped(digits) if len(digits) == RECEIPT_DIGITS else None


def receipt_digest(ring: KeyRing, receipt: str) -> str:
    """Digest a receipt for the database: 64 hex digits of HMAC-SHA256 under a key of the ring.

    Without the ring nobody can try a guess. Whoever holds ring and database reads all reports anyway, so a slow
    digest would protect nothing and cost the public door its rate. Raises ValueError for what is no receipt.
    """
    normal = normalise_receipt(receipt)
    if normal is None:
        raise ValueError("not a receipt")
    return hmac.digest(ring.receipt_subkey(), normal.encode("ascii"), "sha256").hex()


def new_token(scope_hint: str) -> str:
    """Draw a bearer token of 256 bits: `nl_<scope hint>_<43 characters>`.

    The hint tells whoever finds a token what it is, and grants nothing. Raises ValueError for a hint other than
    1 to 32 lower-case letters and `_`.
    """
    if not _SCOPE_HINT.fullmatch(scope_hint):
        raise ValueError(f"not a scope: {scope_hint!r}")
    return f"nl_{scope_hint}_{secrets.token_urlsafe(32)}"


def token_digest(ring: KeyRing, token: str) -> str:
    """Digest a bearer token for the database: 64 hex digits of HMAC-SHA256; its 256 bits need no slowness."""
    return hmac.digest(ring.token_subkey("bearer"), token.encode("utf-8", "surrogatepass"), "sha256").hex()


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def signed_link(ring: KeyRing, purpose: str, value: str) -> str:
    """Make an unguessable token that names a value, such as a notice's id, and needs no storage.

    Letters, digits, `-` and `_` only: base64url of a 128-bit HMAC-SHA256 tag and the value in clear.
    """
    raw = value.encode()
    return urlsafe_b64encode(_link_tag(ring, purpose, raw) + raw).rstrip(b"=").decode("ascii")


def open_link(ring: KeyRing, purpose: str, token: str) -> str | None:
    """Return the value a link names, or None unless this ring made exactly this token for this purpose."""
    try:
        decoded = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None
    tag, raw = decoded[:_LINK_TAG_BYTES], decoded[_LINK_TAG_BYTES:]
    if not hmac.compare_digest(tag, _link_tag(ring, purpose, raw)):
        return None
    value = raw.decode()
    # base64 has several spellings of the same bytes; one link, one spelling
    return value if same(token, signed_link(ring, purpose, value)) else None


def _link_tag(ring: KeyRing, purpose: str, raw: bytes) -> bytes:
    return hmac.digest(ring.token_subkey("link", purpose), raw, "sha256")[:_LINK_TAG_BYTES]


def _grouped(digits: str) -> str:
    return "-".join(digits[start : start + 4] for start in range(0, RECEIPT_DIGITS, 4))


def _is_filling(character: str) -> bool:
    """Whether a receipt may be written with this between its digits."""
    return character.isspace() or character == _MINUS or unicodedata.category(character) in {"Pd", "Cf"}
