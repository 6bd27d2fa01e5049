"""Whether a file at a watched address is nearly a picture that was confirmed there, such as the same one saved anew.

It opens the file in the sandbox, as a reading does, and compares hashes. What gives no hash is like nothing: its digest
has already said that it is another file.
"""

from collections.abc import Collection

from nightlight.casebook import hashing
from nightlight.casebook.fingerprints import is_distinct
from nightlight.casebook.index import RADIUS
from nightlight.casebook.models import Media
from nightlight.casebook.packed import MIN_QUALITY
from nightlight.fingerprint.errors import MediaError
from nightlight.fingerprint.sandbox import Unavailable


def prints_of(sha256: Collection[str]) -> frozenset[str]:
    """The PDQ (hex) of the pictures among these media, those left out that are too flat to be told apart."""
    return frozenset(
        media.pdq for media in Media.objects.filter(sha256__in=list(sha256)) if is_distinct(media)
    )


def is_alike(body: bytes, prints: Collection[str]) -> bool:
    """Whether the file is a picture within 31 bits of one of these."""
    try:
        found = hashing.sandbox().fingerprints(body)
    except (MediaError, Unavailable):
        return False
    if not found.pdq or (found.quality or 0) < MIN_QUALITY:
        return False
    own = int(found.pdq, 16)
    return any((own ^ int(other, 16)).bit_count() <= RADIUS for other in prints)
