"""The proof of filing: that a report was filed here on a day, under a number, and nothing of what it says.

The number is keyed to the report and tells nothing of it: neither the receipt nor the report's id can be had from it.
Anybody can check the signature with the hotline's public key, which `/receipt/key.json` gives.
"""

import hmac
from base64 import b32encode

from django.conf import settings

from nightlight.casebook.models import Report
from nightlight.vault.signing import SignatureRefused, public_jwk, sign, verify
from nightlight.work.home import ring

TYPE = "nightlight-filing"
SIGNED = ("number", "filed_on", "hotline")


def number(report: Report) -> str:
    """The filing's number, always the same for a report: 80 bits in groups of four letters and digits (RFC 4648)."""
    digest = hmac.digest(ring().token_subkey("filing"), str(report.pk).encode(), "sha256")[:10]
    letters = b32encode(digest).decode("ascii")
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def proof(report: Report) -> dict[str, str]:
    """`{"number", "filed_on", "hotline", "signature"}`: the day is UTC, the signature a compact JWS (Ed25519)."""
    named = {
        "number": number(report),
        "filed_on": report.received_at.date().isoformat(),
        "hotline": settings.NIGHTLIGHT.name,
    }
    return {**named, "signature": sign(ring(), named, TYPE)}


def holds(found: dict[str, str], jwk: dict[str, str] | None = None) -> bool:
    """Whether the holder of this public key (ours if not given) signed exactly this."""
    try:
        signed = verify(jwk or public_jwk(ring()), found["signature"], typ=TYPE)
    except (SignatureRefused, KeyError):
        return False
    return all(signed.get(name) == found.get(name) for name in SIGNED)
