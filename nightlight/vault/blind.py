"""Blind indexes: find an encrypted value by equality without giving it away.

Whoever holds a dump of the database and no key ring can neither read a value nor test a guess; equal values
of one purpose do show as equal.
"""

import hmac

from nightlight.vault.ring import Family, KeyRing


def blind(ring: KeyRing, purpose: str, value: str, *, key_id: str | None = None) -> str:
    """Digest a value for lookup: 64 hex digits of HMAC-SHA256 under a subkey of the purpose.

    The current index key unless another is named, as while an index is rebuilt after a rotation.
    Raises KeyRingError when the ring has no such key.
    """
    key = ring.derived(Family.INDEX, key_id or ring.current(Family.INDEX), purpose)
    return hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256").hex()
