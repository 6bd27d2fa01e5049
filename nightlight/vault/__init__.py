"""The vault: keys, and everything that only keys make safe to store, index, send or prove.

Used most: `KeyRing` (every secret of one hotline), `seal` (a text for the database, see also `unseal`) and
`blind` (a digest to look it up by). Beside them: `tokens` (receipts, bearer tokens, links), `signing` (what
others can check), `evidence` (age files and backups).

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as home:
...     ring = KeyRing.create(Path(home) / "keys")
...     sealed = seal(ring, "https://a.example/x", table="location", column="url", row="7")
...     b"example" in sealed, unseal(ring, sealed, table="location", column="url", row="7")
(False, 'https://a.example/x')
>>> blind(ring, "host", "a.example") == blind(ring, "host", "a.example")
True
"""

from nightlight.vault.blind import blind
from nightlight.vault.fields import CannotOpen, seal, unseal
from nightlight.vault.ring import KeyRing, KeyRingError

__all__ = ["CannotOpen", "KeyRing", "KeyRingError", "blind", "seal", "unseal"]
