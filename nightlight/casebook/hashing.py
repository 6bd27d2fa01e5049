"""The one place where the product opens media: the sandbox of this process, asked as the house's practices say."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

from nightlight.casebook import practices
from nightlight.fingerprint.sandbox import Fingerprints, Sandbox
from nightlight.work.home import ring

WORKERS = 2
SECONDS = 30.0
MEGABYTES = 1024

Hasher = Callable[[bytes], Fingerprints]


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    """The sandbox of this process; its processes start with the first file."""
    return Sandbox(WORKERS, SECONDS, MEGABYTES)


def hasher() -> Hasher:
    """What takes the fingerprints of a medium's bytes (raises MediaError): with those of its edits where a manager
    switched that on. Asked once for many media."""
    if not practices.is_on(practices.THROUGH_EDITS):
        return lambda data: sandbox().fingerprints(data)
    seed = grid_seed()
    return lambda data: sandbox().fingerprints(data, grid=seed, looks=True)


def grid_seed() -> bytes:
    """What places this installation's grid of edits, so that nobody can aim between its points. It lives as long
    as the ring: the pictures it was used on are not kept and could not be hashed anew."""
    return ring().token_subkey("fingerprint", "grid")


@lru_cache(maxsize=2)
def grid_names(seed: bytes) -> tuple[str, ...]:
    """The names of the edits, in the order of their tags from 1."""
    from nightlight.fingerprint.grid import grid

    return tuple(edit.name for edit in grid(seed))


def grid_id(seed: bytes) -> str:
    """Tells this grid from one of another seed or another version of the program; 16 hex digits."""
    return hashlib.sha256(seed + "\n".join(grid_names(seed)).encode()).hexdigest()[:16]
