"""MD5, SHA-1 and SHA-256 of a file in one read: exact fingerprints, as hotlines and companies exchange them.

MD5 and SHA-1 (RFC 1321, RFC 3174) no longer withstand forgery; partners' lists still use them.
"""

import hashlib
from dataclasses import dataclass
from typing import Protocol

CHUNK_BYTES = 1024 * 1024


class Readable(Protocol):
    """What bytes are read from, such as a file opened in binary mode."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Digests:
    """Three digests in lower-case hex, and the number of bytes they cover."""

    md5: str
    sha1: str
    sha256: str
    size: int


def digests(source: bytes | Readable) -> Digests:
    """Digest bytes, or a stream from where it stands to its end, a mebibyte at a time.

    Raises what reading the stream raises.

    >>> import io
    >>> digests(io.BytesIO(b"abc")) == digests(b"abc")
    True
    >>> digests(b"abc").md5
    '900150983cd24fb0d6963f7d28e17f72'
    """
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    size = 0
    chunks = (source,) if isinstance(source, bytes) else iter(lambda: source.read(CHUNK_BYTES), b"")
    for chunk in chunks:
        md5.update(chunk)
        sha1.update(chunk)
        sha256.update(chunk)
        size += len(chunk)
    return Digests(md5.hexdigest(), sha1.hexdigest(), sha256.hexdigest(), size)
