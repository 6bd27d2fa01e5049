"""The key ring: every secret of one hotline, in one file that only its owner may read.

Data keys (field encryption) and index keys (blind indexes) rotate apart; old ones stay in the ring, because
what was sealed with them must still open. All other keys live as long as the ring.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NoReturn, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from nightlight.vault.contents import Family, Key, KeyRingError, RingContents
from nightlight.vault.derive import framed, subkey
from nightlight.vault.files import whole_file

__all__ = ["FILE_NAME", "Family", "Key", "KeyRing", "KeyRingError"]

FILE_NAME = "ring.json"
_LOCK_NAME = "ring.lock"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyRing:
    """The secrets of one hotline, read from `<home>/keys/ring.json`.

    Another process may rotate keys meanwhile: a key id this ring does not know makes it read the file again;
    `refresh` does so at will (after an index rotation, before writing more indexes).
    """

    __slots__ = ("_contents", "_derived", "path")

    def __init__(self, path: Path, contents: RingContents) -> None:
        """Hold what was read from `path`; use `create` or `load` instead."""
        self.path = path
        self._contents = contents
        self._derived: dict[tuple[str, ...], bytes] = {}

    @classmethod
    def create(cls, directory: Path) -> Self:
        """Draw a new ring and write it, file mode 0600 in a directory of mode 0700.

        Raises KeyRingError when a ring is already there (it is left untouched) or cannot be written.
        """
        path = directory / FILE_NAME
        contents = RingContents.new(datetime.now(UTC))
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
            with _locked(directory):
                if os.path.lexists(path):
                    raise KeyRingError(f"a key ring is already at {path}; it is never overwritten")
                _write(path, contents)
        except OSError as error:
            raise KeyRingError(f"cannot write the key ring at {path}: {error.strerror}") from error
        return cls(path, contents)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read the ring of a home.

        Raises KeyRingError when it is missing, unreadable, damaged, or open to other users of the machine.
        """
        path = directory / FILE_NAME
        return cls(path, _read(path))

    @property
    def fingerprint(self) -> str:
        """What the database remembers of its ring: 64 hex digits, the same after every rotation."""
        return sha256(framed("nightlight key ring", self._contents.ring_id)).hexdigest()

    @property
    def secret_key(self) -> str:
        """Django's SECRET_KEY."""
        return self._contents.secret_key

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the Ed25519 public key (RFC 8032)."""
        return self._public().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def public_pem(self) -> str:
        """The Ed25519 public key as PEM, for openssl and others."""
        return self._public().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    @property
    def signing_seed(self) -> bytes:
        """The 32 secret bytes of the Ed25519 key (RFC 8032 section 5.1.5)."""
        return self._contents.signing_key

    def current(self, family: Family) -> str:
        """Id of the key that seals from now on."""
        return self._contents.families[family].current

    def key_ids(self, family: Family) -> tuple[str, ...]:
        """Ids of every key of a family, the current one first."""
        keys = self._contents.families[family]
        return (keys.current, *(key_id for key_id in keys.keys if key_id != keys.current))

    def created(self, family: Family, key_id: str) -> datetime:
        """When a key was made, UTC. Raises KeyRingError when the ring has no such key."""
        return self._key(family, key_id).created

    def derived(self, family: Family, key_id: str, *purpose: str) -> bytes:
        """A 32-byte subkey of one rotating key, kept in memory once derived.

        Raises KeyRingError when the ring, read again, has no such key. Purposes are names from the code, not
        what users send: each stays in memory.
        """
        slot = (family, key_id, *purpose)
        if slot not in self._derived:
            self._derived[slot] = subkey(self._key(family, key_id).secret, *purpose)
        return self._derived[slot]

    def receipt_subkey(self) -> bytes:
        """The 32 bytes that key the digests of receipts."""
        return self._lasting("receipt", self._contents.receipt_key, "receipt")

    def token_subkey(self, *purpose: str) -> bytes:
        """The 32 bytes that key the digests of bearer tokens, or signed links, of one purpose."""
        return self._lasting("token", self._contents.token_key, "token", *purpose)

    def _lasting(self, family: str, secret: bytes, *purpose: str) -> bytes:
        """A subkey of a key that lives as long as the ring, kept in memory once derived."""
        slot = (family, "", *purpose)
        if slot not in self._derived:
            self._derived[slot] = subkey(secret, *purpose)
        return self._derived[slot]

    def rotate_data(self) -> str:
        """Add a data key, make it current, write the ring, and return the key's id."""
        return self._rotate(Family.DATA)

    def rotate_index(self) -> str:
        """Add an index key, make it current, write the ring, and return the key's id."""
        return self._rotate(Family.INDEX)

    def refresh(self) -> None:
        """Read the file again. Raises KeyRingError as `load` does, and when another ring lies there now."""
        contents = _read(self.path)
        if contents.ring_id != self._contents.ring_id:
            raise KeyRingError(f"another key ring lies at {self.path} now")
        self._contents = contents

    def _rotate(self, family: Family) -> str:
        with _locked(self.path.parent):
            self.refresh()  # or a rotation by another process would be lost, and all that it sealed since
            contents = self._contents.rotated(family, datetime.now(UTC))
            try:
                _write(self.path, contents)
            except OSError as error:
                raise KeyRingError(f"cannot write the key ring at {self.path}: {error.strerror}") from error
            self._contents = contents
        return self.current(family)

    def _key(self, family: Family, key_id: str) -> Key:
        if key_id not in self._contents.families[family].keys:
            self.refresh()
        try:
            return self._contents.families[family].keys[key_id]
        except KeyError:
            raise KeyRingError(f"the key ring has no {family} key {key_id}") from None

    def _public(self) -> Ed25519PublicKey:
        return Ed25519PrivateKey.from_private_bytes(self._contents.signing_key).public_key()

    def __repr__(self) -> str:
        return f"<KeyRing {self.fingerprint[:12]}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key ring is never pickled: it would carry its secrets into a cache or a log")


def _read(path: Path) -> RingContents:
    try:
        _refuse_if_open_to_others(path.parent)
        _refuse_if_open_to_others(path)
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise KeyRingError(f"there is no key ring at {path}; `nightlight init` makes one") from None
    except UnicodeDecodeError:
        raise KeyRingError("the key ring is damaged; restore it from a backup") from None
    except OSError as error:
        raise KeyRingError(f"cannot read the key ring at {path}: {error.strerror}") from error
    return RingContents.from_json(text)


def _refuse_if_open_to_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        wanted = mode & ~_OTHERS
        raise KeyRingError(f"{path} is open to other users (mode {mode:04o}); run: chmod {wanted:o} {path}")


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Keep other processes from changing the ring meanwhile; the lock never outlives this process."""
    with os.fdopen(os.open(directory / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, contents: RingContents) -> None:
    with whole_file(path) as file:
        file.write(contents.to_json().encode())
