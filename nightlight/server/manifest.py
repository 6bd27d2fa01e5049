"""What a backup says of itself: `manifest.json`, in the clear, signed by the home it was made of."""

import hashlib
import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Self

from nightlight.vault import KeyRing
from nightlight.vault.files import whole_file
from nightlight.vault.signing import sign_bytes, verify_bytes

FORMAT = 1
FILE_NAME = "manifest.json"


class BackupError(Exception):
    """A backup that can't be made, or one that is damaged or doesn't fit; the message says why."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a backup: its name in the home, and the size in bytes and SHA-256 (hex) of its ciphertext."""

    name: str
    size: int
    sha256: str

    @property
    def file(self) -> str:
        """Its name in the backup."""
        return f"{self.name}.age"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. It names no person and no address.

    `made_at` is ISO 8601 UTC; `database` `sqlite` or `postgresql`; `with_passphrase` says what opens it.
    """

    made_at: str
    software: str
    database: str
    ring_fingerprint: str
    with_passphrase: bool
    files: tuple[Packed, ...]
    signature: str = ""

    def signed(self, ring: KeyRing) -> "Manifest":
        """The same with this home's signature (Ed25519, base64)."""
        return replace(self, signature=b64encode(sign_bytes(ring, self._bytes())).decode())

    def is_signed_by(self, ring: KeyRing) -> bool:
        """Whether the home of this ring made exactly this backup."""
        try:
            return verify_bytes(ring.public_key, self._bytes(), b64decode(self.signature, validate=True))
        except (NotBase64, ValueError):
            return False

    def write(self, folder: Path) -> None:
        """Writes it; a backup without it is none."""
        with whole_file(folder / FILE_NAME) as file:
            file.write(json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Reads it. Raises BackupError if there is none, or one that is damaged or names odd files."""
        try:
            found: dict[str, Any] = json.loads((folder / FILE_NAME).read_text())
            if found.pop("format") != FORMAT:
                raise BackupError("this backup was made by another version of Nightlight")
            manifest = cls(files=tuple(Packed(**each) for each in found.pop("files")), **found)
            odd = [each.name for each in manifest.files if not _is_plain(each.name)]
        except FileNotFoundError:
            raise BackupError(f"{folder} holds no backup: there is no {FILE_NAME}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(f"{folder / FILE_NAME} is damaged") from error
        if odd:
            raise BackupError(f"{folder / FILE_NAME} names a file that lies in no home")
        return manifest

    def check(self, folder: Path) -> None:
        """Reads every file of the backup. Raises BackupError for the first that is missing or not what it was."""
        for each in self.files:
            path = folder / each.file
            if not path.is_file():
                raise BackupError(f"{path} is missing")
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if (path.stat().st_size, digest) != (each.size, each.sha256):
                raise BackupError(f"{path} is damaged: its size or SHA-256 is not that of the manifest")

    def _bytes(self) -> bytes:
        body = {name: value for name, value in asdict(self).items() if name != "signature"}
        return b"nightlight backup\n" + json.dumps(body, sort_keys=True).encode()


def _is_plain(name: str) -> bool:
    """Whether a name stays within the folder it is put in."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and str(path) == name
