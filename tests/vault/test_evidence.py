"""Evidence files and backups: only who holds an identity reads them, and what is purged is counted."""

import hashlib
import io
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from nightlight.vault.age import PASSPHRASE_LIMIT, AgeError, Identity, decrypt_stream, encrypt_stream
from nightlight.vault.evidence import decrypt_file, encrypt_file, new_identity, open_, purge, store

PICTURE = b"a grey square on a white ground" * 10_000


@pytest.fixture(scope="module")
def officer() -> Identity:
    return new_identity()


@pytest.mark.parametrize("give", [bytes, io.BytesIO])
def test_a_stored_file_comes_back_to_the_identity(
    tmp_path: Path, officer: Identity, give: Callable[[bytes], bytes | io.BytesIO]
) -> None:
    stored = store(tmp_path, [officer.recipient], give(PICTURE))

    assert open_(tmp_path / stored.name, officer.secret) == PICTURE


def test_what_is_told_of_a_file_is_what_lies_on_the_disk(tmp_path: Path, officer: Identity) -> None:
    stored = store(tmp_path / "vault", [officer.recipient], PICTURE)

    path = tmp_path / "vault" / stored.name
    raw = path.read_bytes()
    assert (stored.size, stored.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert raw.startswith(b"age-encryption.org/v1\n")
    assert b"grey square" not in raw


def test_equal_media_get_different_names_and_ciphertexts(tmp_path: Path, officer: Identity) -> None:
    one, other = (store(tmp_path, [officer.recipient], PICTURE) for _ in range(2))

    assert one.name != other.name
    assert one.sha256 != other.sha256


def test_every_recipient_can_open_and_nobody_else(tmp_path: Path, officer: Identity) -> None:
    second, stranger = new_identity(), new_identity()

    stored = store(tmp_path, [officer.recipient, second.recipient], PICTURE)

    assert open_(tmp_path / stored.name, second.secret) == PICTURE
    with pytest.raises(AgeError, match="cannot decrypt"):
        open_(tmp_path / stored.name, stranger.secret)


@pytest.mark.parametrize("recipients", [[], ["age1nonsense"], ["AGE-SECRET-KEY-1ABC"]])
def test_without_a_proper_recipient_nothing_is_stored(tmp_path: Path, recipients: list[str]) -> None:
    with pytest.raises(AgeError, match="cannot encrypt"):
        store(tmp_path, recipients, PICTURE)

    assert list(tmp_path.iterdir()) == []


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path, officer: Identity) -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(AgeError, match="Input/output error"):
        store(tmp_path, [officer.recipient], Broken())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
        lambda raw: raw[:100],
        lambda raw: b"",
        lambda raw: raw + b"more",
    ],
)
def test_an_altered_or_cut_file_does_not_open(
    tmp_path: Path, officer: Identity, spoil: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / store(tmp_path, [officer.recipient], PICTURE).name
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(AgeError):
        open_(path, officer.secret)


def test_a_malformed_identity_is_refused_and_not_quoted(tmp_path: Path, officer: Identity) -> None:
    path = tmp_path / store(tmp_path, [officer.recipient], PICTURE).name

    with pytest.raises(AgeError) as raised:
        open_(path, "AGE-SECRET-KEY-1QQQQ")

    assert "QQQQ" not in str(raised.value)


def test_an_error_of_the_disk_is_told_as_one(officer: Identity) -> None:
    class FullDisk(io.BytesIO):
        def write(self, data: object, /) -> int:
            raise OSError(28, "No space left on device")

    sealed = io.BytesIO()
    encrypt_stream(io.BytesIO(PICTURE), sealed, [officer.recipient])
    sealed.seek(0)

    with pytest.raises(OSError, match="No space left"):
        decrypt_stream(sealed, FullDisk(), officer.secret)


def test_the_secret_of_an_identity_does_not_show() -> None:
    identity = new_identity()

    assert identity.secret not in repr(identity)
    assert identity.secret.startswith("AGE-SECRET-KEY-1")


def test_a_purge_counts_what_it_really_deleted(tmp_path: Path, officer: Identity) -> None:
    one, other, kept = (store(tmp_path, [officer.recipient], PICTURE).name for _ in range(3))

    first = purge(tmp_path, [one, other, one])
    again = purge(tmp_path, [one, other])

    assert (first, again) == (2, 0)
    assert [path.name for path in tmp_path.iterdir()] == [kept]
    with pytest.raises(FileNotFoundError):
        open_(tmp_path / one, officer.secret)


@pytest.mark.parametrize("name", ["../ring.json", "/etc/hostname", "", "a.age", "0" * 32 + ".age\n"])
def test_a_purge_with_a_foreign_name_deletes_nothing(tmp_path: Path, officer: Identity, name: str) -> None:
    stored = store(tmp_path / "vault", [officer.recipient], PICTURE).name
    (tmp_path / "ring.json").write_text("keys")

    with pytest.raises(ValueError, match="not the name"):
        purge(tmp_path / "vault", [stored, name])

    assert (tmp_path / "vault" / stored).exists()
    assert (tmp_path / "ring.json").exists()


def test_a_backup_comes_back_to_the_identity(tmp_path: Path, officer: Identity) -> None:
    (tmp_path / "home.tar").write_bytes(PICTURE)

    encrypt_file(tmp_path / "home.tar", tmp_path / "home.age", recipients=[officer.recipient])
    decrypt_file(tmp_path / "home.age", tmp_path / "back.tar", identity=officer.secret)

    assert (tmp_path / "back.tar").read_bytes() == PICTURE
    assert stat.S_IMODE((tmp_path / "back.tar").stat().st_mode) == 0o600
    assert b"grey square" not in (tmp_path / "home.age").read_bytes()


def test_a_backup_comes_back_to_the_passphrase_and_to_no_other(tmp_path: Path) -> None:
    (tmp_path / "home.tar").write_bytes(PICTURE)

    encrypt_file(tmp_path / "home.tar", tmp_path / "home.age", passphrase="seven plain words")
    decrypt_file(tmp_path / "home.age", tmp_path / "back.tar", passphrase="seven plain words")
    with pytest.raises(AgeError, match="cannot decrypt"):
        decrypt_file(tmp_path / "home.age", tmp_path / "wrong.tar", passphrase="seven other words")

    assert (tmp_path / "back.tar").read_bytes() == PICTURE
    assert not (tmp_path / "wrong.tar").exists()


def test_a_file_too_large_for_memory_is_not_encrypted_with_a_passphrase(tmp_path: Path) -> None:
    with (tmp_path / "home.tar").open("wb") as sparse:
        sparse.truncate(PASSPHRASE_LIMIT + 1)

    with pytest.raises(AgeError, match="too large for a passphrase"):
        encrypt_file(tmp_path / "home.tar", tmp_path / "home.age", passphrase="seven plain words")

    assert [path.name for path in tmp_path.iterdir()] == ["home.tar"]


def test_a_restore_that_fails_leaves_what_was_there(tmp_path: Path, officer: Identity) -> None:
    (tmp_path / "home.tar").write_bytes(PICTURE)
    encrypt_file(tmp_path / "home.tar", tmp_path / "home.age", recipients=[officer.recipient])
    (tmp_path / "home.age").write_bytes((tmp_path / "home.age").read_bytes()[:-1])

    with pytest.raises(AgeError):
        decrypt_file(tmp_path / "home.age", tmp_path / "home.tar", identity=officer.secret)

    assert (tmp_path / "home.tar").read_bytes() == PICTURE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home.age", "home.tar"]


def test_exactly_one_way_to_encrypt_and_decrypt_must_be_named(tmp_path: Path, officer: Identity) -> None:
    source, target = tmp_path / "home.tar", tmp_path / "home.age"
    source.write_bytes(PICTURE)

    with pytest.raises(ValueError, match="or else a passphrase"):
        encrypt_file(source, target)
    with pytest.raises(ValueError, match="or else a passphrase"):
        encrypt_file(source, target, recipients=[officer.recipient], passphrase="seven plain words")
    with pytest.raises(ValueError, match="empty"):
        encrypt_file(source, target, passphrase="")
    with pytest.raises(ValueError, match="or else a passphrase"):
        decrypt_file(source, target)

    assert not target.exists()
