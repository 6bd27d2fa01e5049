"""A backup opens again, tells when it was touched, and is never written over anything."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import psycopg
import pytest

from nightlight.server import backup, config, dumps
from nightlight.server.config import Config
from nightlight.server.dumps import DumpError
from nightlight.server.manifest import BackupError, Manifest
from nightlight.vault import KeyRing
from nightlight.vault.age import AgeError, Sink, decrypt_file, new_identity
from tests.server import databases

EVIDENCE = b"a file of the vault, as it lies there"
PASSPHRASE = "two lamps and a window"
KEYS = new_identity()


@dataclass(frozen=True, slots=True)
class Small:
    """A home with a table of one row, a vault with one file and a settings file."""

    config: Config
    folder: Path


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    folder = tmp_path / "home"
    KeyRing.create(folder / "keys")
    (folder / "vault" / "2026").mkdir(parents=True)
    (folder / "vault" / "2026" / "x.age").write_bytes(EVIDENCE)
    (folder / "nightlight.toml").write_text('name = "Lamp"\n')
    (folder / "checkpoints.log").write_text("{}\n")
    with databases.fresh(folder) as url:
        run(url, "CREATE TABLE shapes (name text)", "INSERT INTO shapes VALUES ('square')")
        yield Small(config.read({"NIGHTLIGHT_HOME": str(folder), "NIGHTLIGHT_DATABASE_URL": url}), folder)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment that names a home and a database, both empty."""
    (tmp_path / "other").mkdir()
    with databases.fresh(tmp_path / "other") as url:
        yield {"NIGHTLIGHT_DATABASE_URL": url}


def run(url: str, *statements: str) -> list[tuple[str, ...]]:
    """Executes statements one by one and returns what the last one gives."""
    settings = config.database(url)
    if databases.KIND == "sqlite":
        with closing(sqlite3.connect(str(settings["NAME"]))) as database, database:
            return [database.execute(each).fetchall() for each in statements][-1]
    with psycopg.connect(url) as connection:
        done = [connection.execute(each.encode()) for each in statements][-1]
        return done.fetchall() if done.description else []


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def test_what_was_backed_up_comes_back_as_it_was(small: Small, empty: dict[str, str], tmp_path: Path) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)

    backup.restore(tmp_path / "b", empty, tmp_path / "new", identity=KEYS.secret, say=quiet)

    assert run(empty["NIGHTLIGHT_DATABASE_URL"], "SELECT name FROM shapes") == [("square",)]
    for name in ("keys/ring.json", "nightlight.toml", "checkpoints.log", "vault/2026/x.age"):
        assert (tmp_path / "new" / name).read_bytes() == (small.folder / name).read_bytes()
    KeyRing.load(tmp_path / "new" / "keys")
    assert not list((tmp_path / "new").glob(".work-*"))


def test_a_passphrase_opens_a_backup(small: Small, empty: dict[str, str], tmp_path: Path) -> None:
    backup.make(small.config, tmp_path / "b", passphrase=PASSPHRASE, say=quiet)

    backup.restore(tmp_path / "b", empty, tmp_path / "new", passphrase=PASSPHRASE, say=quiet)

    assert (tmp_path / "new" / "nightlight.toml").read_text() == 'name = "Lamp"\n'
    assert not (tmp_path / "new" / backup.IDENTITY).exists()


def test_a_backup_opens_with_age_alone(small: Small, tmp_path: Path) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)

    decrypt_file(tmp_path / "b/vault/2026/x.age.age", tmp_path / "plain", identity=KEYS.secret)
    assert (tmp_path / "plain").read_bytes() == EVIDENCE


def test_a_backup_says_nothing_in_the_clear(small: Small, tmp_path: Path) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)

    written = b"".join(path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())

    ring = json.loads((small.folder / "keys/ring.json").read_text())
    for secret in (EVIDENCE, b'name = "Lamp"', b"square", ring["secret_key"].encode()):
        assert secret not in written
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing_and_leaves_the_home_empty(
    small: Small, empty: dict[str, str], tmp_path: Path
) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[new_identity().recipient], say=quiet)

    with pytest.raises(AgeError):
        backup.restore(tmp_path / "b", empty, tmp_path / "new", identity=new_identity().secret, say=quiet)

    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("change", ["cut", "turned", "gone"])
def test_a_touched_file_is_named_before_anything_is_opened(
    small: Small, empty: dict[str, str], tmp_path: Path, change: str
) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)
    path = tmp_path / "b" / f"{dumps.FILES[databases.KIND]}.age"
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] if change == "cut" else raw[:-1] + bytes([raw[-1] ^ 1]))
    if change == "gone":
        path.unlink()

    with pytest.raises(BackupError, match=path.name):
        backup.restore(tmp_path / "b", empty, tmp_path / "new", identity=KEYS.secret, say=quiet)

    assert not (tmp_path / "new").exists()
    assert dumps.is_empty(empty["NIGHTLIGHT_DATABASE_URL"])


def test_a_manifest_of_somebody_elses_making_is_refused(
    small: Small, empty: dict[str, str], tmp_path: Path
) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)
    manifest = json.loads((tmp_path / "b/manifest.json").read_text())
    manifest["files"] = [each for each in manifest["files"] if not each["name"].startswith("vault")]
    (tmp_path / "b/manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(BackupError, match="did not sign"):
        backup.restore(tmp_path / "b", empty, tmp_path / "new", identity=KEYS.secret, say=quiet)

    assert list((tmp_path / "new").iterdir()) == []
    assert dumps.is_empty(empty["NIGHTLIGHT_DATABASE_URL"])


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside", "./x", ""])
def test_a_manifest_that_leads_out_of_the_home_is_refused(tmp_path: Path, name: str) -> None:
    body = {
        "format": 1,
        "made_at": "2026-01-05T09:00:00+00:00",
        "software": "0",
        "database": "sqlite",
        "ring_fingerprint": "",
        "with_passphrase": True,
        "files": [{"name": name, "size": 1, "sha256": ""}],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(body))

    with pytest.raises(BackupError, match="no home"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "files": [7]}'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(BackupError):
        Manifest.read(tmp_path)


def test_a_home_with_something_in_it_is_left_alone(
    small: Small, empty: dict[str, str], tmp_path: Path
) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "letter").write_text("mine")

    with pytest.raises(BackupError, match="not empty"):
        backup.restore(tmp_path / "b", empty, tmp_path / "new", identity=KEYS.secret, say=quiet)

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["letter"]


def test_a_database_with_something_in_it_is_left_alone(
    small: Small, empty: dict[str, str], tmp_path: Path
) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)
    run(empty["NIGHTLIGHT_DATABASE_URL"], "CREATE TABLE mine (x text)")

    with pytest.raises(BackupError, match="not empty"):
        backup.restore(tmp_path / "b", empty, tmp_path / "new", identity=KEYS.secret, say=quiet)

    assert list((tmp_path / "new").iterdir()) == []
    assert run(empty["NIGHTLIGHT_DATABASE_URL"], "SELECT x FROM mine") == []


def test_a_backup_is_never_written_over_another(small: Small, tmp_path: Path) -> None:
    backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)

    with pytest.raises(BackupError, match="not an empty folder"):
        backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)


def test_a_backup_that_fails_leaves_nothing_behind(small: Small, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())

    with pytest.raises(AgeError):
        backup.make(small.config, tmp_path / "b", recipients=["age1nobody"], say=quiet)

    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert not list(small.folder.glob(".work-*"))


def test_what_was_written_is_opened_again_before_it_counts(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(source: BinaryIO, sink: Sink, recipients: list[str]) -> None:
        source.read(1 << 20)
        honest(BytesIO(b"something else"), sink, recipients)

    honest = backup.encrypt_stream
    monkeypatch.setattr(backup, "encrypt_stream", careless)

    with pytest.raises(BackupError, match="did not come back"):
        backup.make(small.config, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)

    assert not (tmp_path / "b").exists()


def test_a_database_that_is_not_there_is_named(small: Small, tmp_path: Path) -> None:
    nowhere = {
        "sqlite": f"sqlite:///{tmp_path / 'none.sqlite3'}",
        "postgresql": f"{databases.URL.replace('/nightlight', '/none')}",
    }[databases.KIND]
    lost = config.read({"NIGHTLIGHT_HOME": str(small.folder), "NIGHTLIGHT_DATABASE_URL": nowhere})

    with pytest.raises(DumpError):
        backup.make(lost, tmp_path / "b", recipients=[KEYS.recipient], say=quiet)

    assert not (tmp_path / "b").exists()


def test_without_postgresql_s_programs_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dumps.shutil, "which", lambda name: None)
    monkeypatch.setattr(dumps.Path, "glob", lambda self, pattern: iter(()))

    with pytest.raises(DumpError, match="postgresql-client"), dumps.snapshot("postgresql:///x", tmp_path):
        pass


def test_a_database_password_never_stands_on_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = dumps._environment(config.database("postgresql://nl:geheim@db.test:5433/nl?sslmode=require"))

    assert found == {
        "PGDATABASE": "nl",
        "PGUSER": "nl",
        "PGPASSWORD": "geheim",
        "PGHOST": "db.test",
        "PGPORT": "5433",
        "PGSSLMODE": "require",
    }
    assert os.environ.get("PGPASSWORD") is None
