"""Backups: everything a home needs to live again, each file encrypted with age, under one signed manifest.

Every file is encrypted to the recipients and to an identity drawn for this one backup. With it the backup is opened
again and compared with what went in before it counts as done; then the identity is forgotten, or, with a passphrase,
kept in the backup encrypted with that. The `age` program opens all of it without us.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nightlight import __version__
from nightlight.server import config, dumps
from nightlight.server.config import Config
from nightlight.server.manifest import BackupError, Manifest, Packed
from nightlight.vault import KeyRing
from nightlight.vault.age import (
    Sink,
    Source,
    decrypt_file,
    decrypt_stream,
    encrypt_file,
    encrypt_stream,
    new_identity,
)
from nightlight.vault.files import settle, whole_file

IDENTITY = "identity"  # of a backup with a passphrase
LOG = "checkpoints.log"
RING = "keys/ring.json"
SETTINGS = "nightlight.toml"
VAULT = "vault"

Say = Callable[[str], None]


def make(
    home: Config,
    target: Path,
    *,
    recipients: Sequence[str] = (),
    passphrase: str | None = None,
    say: Say = print,
) -> Manifest:
    """Backs up a home into a new folder, for age recipients (`age1…`) or with a passphrase; streams.

    Raises BackupError where the folder has something in it or what was written does not open again, DumpError
    where the database can't be copied, AgeError for a recipient that is none. Then no folder is left behind.
    """
    if bool(recipients) == bool(passphrase):
        raise BackupError("name recipients, or else a passphrase")
    ring = KeyRing.load(home.home / "keys")
    with _drawn_up(target) as draft, _private(home.home) as work:
        identity = new_identity()
        pack = _Packing(draft, [*recipients, identity.recipient], say)
        _pack_home(home, pack, work)
        for packed, plain in pack.done:
            if _plain_digest(draft / packed.file, identity.secret) != plain:
                raise BackupError(f"{packed.name} did not come back as it went in")
        if passphrase:
            pack.done.append((_pack_identity(identity.secret, passphrase, draft, work), ""))
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            software=__version__,
            database=dumps.kind(home.database_url),
            ring_fingerprint=ring.fingerprint,
            with_passphrase=bool(passphrase),
            files=tuple(packed for packed, _ in pack.done),
        ).signed(ring)
        manifest.write(draft)
        Manifest.read(draft).check(draft)
    say(f"Opened again and compared: {len(manifest.files)} files are whole.")
    return manifest


def restore(
    source: Path,
    environment: Mapping[str, str],
    home: Path,
    *,
    identity: str | None = None,
    passphrase: str | None = None,
    say: Say = print,
) -> Manifest:
    """Puts a backup into an empty home and an empty database; `identity` is an age secret key.

    Every hash is checked before anything is opened, and the home's own signature once its ring is there. The home
    is filled at the very end: after an error it is as empty as before. Raises BackupError, DumpError, AgeError,
    ConfigError and KeyRingError.
    """
    manifest = Manifest.read(source)
    manifest.check(source)
    if home.exists() and any(home.iterdir()):
        raise BackupError(f"{home} is not empty: name an empty NIGHTLIGHT_HOME, or move away what is there")
    say(f"{len(manifest.files)} files are what they were when the backup was made, {manifest.made_at}.")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    with _private(home) as work:
        if manifest.with_passphrase:
            identity = _open_identity(source, work, passphrase)
        if not identity:
            raise BackupError("this backup opens with an age identity: name its file with --identity")
        for each in manifest.files:
            if each.name not in (IDENTITY, *dumps.FILES.values()):
                (work / each.name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                decrypt_file(source / each.file, work / each.name, identity=identity)
        ring = KeyRing.load(work / "keys")
        if ring.fingerprint != manifest.ring_fingerprint or not manifest.is_signed_by(ring):
            raise BackupError("this backup was put together by somebody else: its home did not sign it")
        _fill(source, manifest, identity, config.read({**environment, "NIGHTLIGHT_HOME": str(work)}))
        for path in work.iterdir():
            path.rename(home / path.name)
        settle(home)
    return manifest


def _pack_home(home: Config, pack: "_Packing", work: Path) -> None:
    # The log's copy first, so that it never knows more than the database's; the ring last, so that it has every key.
    pack.file(home.home / LOG, LOG)
    with dumps.snapshot(home.database_url, work) as stream:
        pack.stream(stream, dumps.FILES[dumps.kind(home.database_url)])
    for path in sorted((home.home / VAULT).rglob("*")):
        if path.is_file():
            pack.file(path, str(path.relative_to(home.home)))
    pack.file(home.home / SETTINGS, SETTINGS)
    pack.file(home.home / RING, RING)


def _fill(source: Path, manifest: Manifest, identity: str, settings: Config) -> None:
    """Loads the database, wherever the settings say it is."""
    if dumps.kind(settings.database_url) != manifest.database:
        raise BackupError(
            f"the backup holds a {manifest.database} database, but the settings name another kind: "
            "set NIGHTLIGHT_DATABASE_URL"
        )
    if not dumps.is_empty(settings.database_url):
        raise BackupError("the database is not empty: set NIGHTLIGHT_DATABASE_URL to one that is")
    dumped = source / f"{dumps.FILES[manifest.database]}.age"

    def feed(sink: Sink) -> None:
        with dumped.open("rb") as file:
            decrypt_stream(file, sink, identity)

    dumps.load(settings.database_url, feed)


def _pack_identity(secret: str, passphrase: str, draft: Path, work: Path) -> Packed:
    """The backup's own identity, encrypted with the passphrase, and opened again to see that it is."""
    plain, again = work / IDENTITY, work / "again"
    with whole_file(plain) as file:
        file.write(secret.encode())
    encrypt_file(plain, draft / f"{IDENTITY}.age", passphrase=passphrase)
    decrypt_file(draft / f"{IDENTITY}.age", again, passphrase=passphrase)
    if again.read_text() != secret:
        raise BackupError("the identity did not come back as it went in")
    raw = (draft / f"{IDENTITY}.age").read_bytes()
    return Packed(IDENTITY, len(raw), hashlib.sha256(raw).hexdigest())


def _open_identity(source: Path, work: Path, passphrase: str | None) -> str:
    if not passphrase:
        raise BackupError("this backup opens with a passphrase: set NIGHTLIGHT_BACKUP_PASSPHRASE")
    plain = work / IDENTITY
    decrypt_file(source / f"{IDENTITY}.age", plain, passphrase=passphrase)
    secret = plain.read_text()
    plain.unlink()
    return secret


def _plain_digest(path: Path, secret: str) -> str:
    counted = _Counted()
    with path.open("rb") as file:
        decrypt_stream(file, counted, secret)
    return counted.sha256.hexdigest()


class _Packing:
    """Encrypts one thing after another into the draft; `done` has each with the SHA-256 of what went in."""

    def __init__(self, draft: Path, recipients: Sequence[str], say: Say) -> None:
        self.draft, self.recipients, self.say = draft, recipients, say
        self.done: list[tuple[Packed, str]] = []

    def file(self, path: Path, name: str) -> None:
        """A file of the home, if it is there."""
        if path.is_file():
            with path.open("rb") as file:
                self.stream(file, name)

    def stream(self, source: Source, name: str) -> None:
        """Bytes that are read once."""
        target = self.draft / f"{name}.age"
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        plain = _Counted(source)
        with whole_file(target) as file:
            cipher = _Counted(sink=file)
            encrypt_stream(plain, cipher, self.recipients)
        self.done.append((Packed(name, cipher.size, cipher.sha256.hexdigest()), plain.sha256.hexdigest()))
        self.say(f"{name}: {plain.size} bytes")


class _Counted:
    """Passes bytes through, and knows how many there were and their SHA-256."""

    def __init__(self, source: Source | None = None, sink: Sink | None = None) -> None:
        self.source, self.sink = source, sink
        self.size, self.sha256 = 0, hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        data = self.source.read(size) if self.source else b""
        self._count(data)
        return data

    def write(self, data: bytes, /) -> int:
        self._count(data)
        if self.sink:
            self.sink.write(data)
        return len(data)

    def flush(self) -> None:
        if self.sink:
            self.sink.flush()

    def _count(self, data: bytes) -> None:
        self.size += len(data)
        self.sha256.update(data)


@contextmanager
def _drawn_up(target: Path) -> Iterator[Path]:
    """A private draft beside `target` that takes its name once the block ends without an error."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} is not an empty folder; a backup is never written over another")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield draft
        for folder in {path.parent for path in draft.rglob("*")}:
            settle(folder)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft)
        raise
    settle(target.parent)


@contextmanager
def _private(home: Path) -> Iterator[Path]:
    """A folder within the home, on its encrypted volume, that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".work-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
