"""age files (age-encryption.org/v1): what we encrypt to people, and the `age` program opens without us."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyrage  # type: ignore[import-untyped]

from nightlight.vault.files import whole_file

MEASURES, PAUSE = 8, 2.0  # tries, and seconds between them
PASSPHRASE_LIMIT = 256 * 1024 * 1024


class AgeError(Exception):
    """A file cannot be encrypted to this recipient, or does not open with this identity or passphrase."""


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class Sink(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> int:
        """Take all bytes and return how many."""

    def flush(self) -> None:
        """Pass on what is held back."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A pair of age keys: the recipient to encrypt to, and the secret that opens."""

    recipient: str
    secret: str = field(repr=False)


def new_identity() -> Identity:
    """Draw a pair of X25519 keys.

    >>> new_identity().recipient.startswith("age1")
    True
    """
    identity = pyrage.x25519.Identity.generate()
    return Identity(str(identity.to_public()), str(identity))


def encrypt_stream(source: Source, sink: Sink, recipients: Sequence[str]) -> None:
    """Encrypt a stream to one or more recipients (`age1…`), any of whom can open it; 64 KiB at a time.

    Raises AgeError for no or a malformed recipient, and when reading or writing fails.
    """
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
        pyrage.encrypt_io(source, sink, keys)
    except (pyrage.RecipientError, pyrage.EncryptError) as error:
        raise AgeError(f"cannot encrypt: {error}") from error


def decrypt_stream(source: Source, sink: Sink, identity: str) -> None:
    """Decrypt a stream with an identity (`AGE-SECRET-KEY-1…`); 64 KiB at a time.

    What arrives before an error was authentic, but is not all. Raises AgeError when the stream was altered,
    cut, or encrypted to others.
    """
    try:
        pyrage.decrypt_io(source, sink, [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.IdentityError, pyrage.DecryptError) as error:
        raise AgeError(f"cannot decrypt: {error}") from None
    except OSError as error:
        if error.errno is not None:  # the disk's own words; pyrage's come without a number
            raise
        raise AgeError("cannot decrypt: altered or cut") from None


def encrypt_file(
    src: Path, dst: Path, *, recipients: Sequence[str] = (), passphrase: str | None = None
) -> None:
    """Encrypt a file, as for a backup, to recipients or with a passphrase; `dst` is whole or untouched.

    With a passphrase the file passes through memory: above 256 MiB encrypt to a new identity's recipient, and
    that identity with the passphrase. Raises AgeError, and ValueError unless exactly one way is named.
    """
    _one_way(bool(recipients), passphrase)
    with src.open("rb") as source, whole_file(dst) as sink:
        if passphrase is None:
            encrypt_stream(source, sink, recipients)
            return
        if src.stat().st_size > PASSPHRASE_LIMIT:
            raise AgeError(f"{src} is too large for a passphrase; encrypt it to a recipient")
        sink.write(pyrage.passphrase.encrypt(source.read(), passphrase))


def decrypt_file(src: Path, dst: Path, *, identity: str | None = None, passphrase: str | None = None) -> None:
    """Undo `encrypt_file`; `dst` is whole (mode 0600) or untouched.

    Raises AgeError when it does not open, and ValueError unless exactly one way is named.
    """
    _one_way(identity is not None, passphrase)
    with src.open("rb") as source, whole_file(dst) as sink:
        if identity is not None:
            decrypt_stream(source, sink, identity)
            return
        sink.write(_with_passphrase(source.read(), passphrase or ""))


def _with_passphrase(sealed: bytes, passphrase: str) -> bytes:
    """age measures the machine before it agrees to the work; on a busy one the first measures may be far off."""
    tries = MEASURES
    while True:
        tries -= 1
        try:
            return bytes(pyrage.passphrase.decrypt(sealed, passphrase))
        except pyrage.DecryptError as error:
            if not tries or "Excessive work" not in str(error):
                raise AgeError(f"cannot decrypt: {error}") from None
            time.sleep(PAUSE)


def _one_way(by_key: bool, passphrase: str | None) -> None:
    if by_key == (passphrase is not None):
        raise ValueError("name recipients or an identity, or else a passphrase")
    if passphrase == "":
        raise ValueError("the passphrase is empty")
