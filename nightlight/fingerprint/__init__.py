"""Fingerprints: media to hashes by which the same file is known again. No Django, no imaging library.

Used most: `digests` (one read of a file's bytes), `Digests` (what it gives) and `Digests.sha256`.

>>> digests(b"a square of light").sha256[:16]
'53bcb6c06359639e'
"""

from nightlight.fingerprint.digests import Digests, digests

__all__ = ["Digests", "digests"]
