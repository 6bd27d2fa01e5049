"""Evidence files: media a hotline may keep, encrypted to its recipients and gone after its retention date.

Who stores needs no identity: whoever takes over the web or the worker opens no old evidence. Nothing here
writes plain evidence to a disk. Purging unlinks; that the disk forgets too is up to the encrypted volume.
"""

import hashlib
import io
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nightlight.vault.age import (
    AgeError,
    Identity,
    Sink,
    Source,
    decrypt_file,
    decrypt_stream,
    encrypt_file,
    encrypt_stream,
    new_identity,
)
from nightlight.vault.files import settle, whole_file

__all__ = [
    "AgeError",
    "EvidenceFile",
    "Identity",
    "decrypt_file",
    "encrypt_file",
    "new_identity",
    "open_",
    "purge",
    "store",
]

_NAME = re.compile(r"[0-9a-f]{32}\.age")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A stored file: its random name, and the size in bytes and SHA-256 (hex) of its ciphertext."""

    name: str
    size: int
    sha256: str


def store(directory: Path, recipients: Sequence[str], data: bytes | Source) -> EvidenceFile:
    """Encrypt bytes or a stream into a new file of the directory, which is made if needed (mode 0700).

    Raises AgeError for no or a malformed recipient or a failed write, OSError where no file can be made; neither
    leaves a file.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.age"
    with whole_file(directory / name) as file:
        counted = _Counted(file)
        encrypt_stream(io.BytesIO(data) if isinstance(data, bytes) else data, counted, recipients)
    return EvidenceFile(name, counted.size, counted.sha256.hexdigest())


def open_(path: Path, identity: str) -> bytes:
    """Decrypt a file into memory.

    Raises AgeError when it was altered, cut or encrypted to others, FileNotFoundError when it was purged.
    """
    plain = io.BytesIO()
    with path.open("rb") as source:
        decrypt_stream(source, plain, identity)
    return plain.getvalue()


def purge(directory: Path, names: Iterable[str]) -> int:
    """Delete files by name and return how many were there to delete.

    Raises ValueError, before anything is deleted, for a name that `store` never gave.
    """
    wanted = list(names)
    if any(not _NAME.fullmatch(name) for name in wanted):
        raise ValueError("not the name of an evidence file")
    deleted = 0
    for name in wanted:
        try:
            (directory / name).unlink()
        except FileNotFoundError:
            continue
        deleted += 1
    if deleted:
        settle(directory)
    return deleted


class _Counted:
    """Passes bytes on to a file, counting and hashing them on the way."""

    def __init__(self, file: Sink) -> None:
        self.size = 0
        self.sha256 = hashlib.sha256()
        self._file = file

    def write(self, data: bytes, /) -> int:
        self._file.write(data)
        self.sha256.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()
