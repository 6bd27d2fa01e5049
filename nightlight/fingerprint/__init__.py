"""Fingerprints: media to hashes by which the same picture or video is known again, and their exact index. No Django.

Used most: `describe` (every hash of one file), `Index` (codes added, removed, searched) and `digests` (one read of a
file's bytes). What needs pixels or compiled loops is loaded when it is first named, so that importing this is quick.

>>> from nightlight.fingerprint import Index
>>> from nightlight.fingerprint.codes import from_hex
>>> index = Index()
>>> index.add([7], from_hex(["0f" * 32]))
>>> hits = index.search(from_hex(["0f" * 31 + "0e"]))
>>> hits.id.tolist(), hits.distance.tolist()
([7], [1])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nightlight.fingerprint.digests import Digests, digests

if TYPE_CHECKING:
    from nightlight.fingerprint.index import Index
    from nightlight.fingerprint.media import describe

__all__ = ["Digests", "Index", "describe", "digests"]

_LATER = {"Index": "index", "describe": "media"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
