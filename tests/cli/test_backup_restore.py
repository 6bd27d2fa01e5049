"""A home lost and restored: people can sign in, texts open, the log holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nightlight.vault.age import new_identity
from tests.cli.conftest import MANAGER, Home, opened

KEYS = new_identity()


@pytest.fixture(scope="module")
def copied(made: dict[str, Home], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A copy of the rehearsal, because a backup is logged and others begin with a log of one entry."""
    with opened(tmp_path_factory.mktemp("copied") / "one", made["rehearsal"]) as found:
        yield found


@pytest.fixture(scope="module")
def backup(copied: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the rehearsal for whoever has the identity, made once; nobody writes there."""
    folder = tmp_path_factory.mktemp("backup") / "b"
    done = copied.run("backup", str(folder), "--recipient", KEYS.recipient)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def shown(copied: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A backup for nobody in particular, made once, with what was said of it."""
    folder = tmp_path_factory.mktemp("shown") / "b"
    done = copied.run("backup", str(folder))
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """A file as age-keygen writes it."""
    path = tmp_path / "identity.txt"
    path.write_text(f"# created: 2026-01-05\n# public key: {KEYS.recipient}\n{KEYS.secret}\n")
    return path


def test_a_home_lives_again_elsewhere(rehearsal: Home, home: Home, tmp_path: Path, identity: Path) -> None:
    rehearsal.run("audit", "checkpoint")

    made = rehearsal.run("backup", str(tmp_path / "b"), "--recipient", KEYS.recipient)
    back = home.run("restore", str(tmp_path / "b"), "--identity", str(identity))

    assert made.returncode == 0, made.stderr
    assert back.returncode == 0, back.stderr
    assert "verified up to entry 1" in back.stdout
    assert home.run("init", "--rehearsal", *MANAGER).returncode == 0
    assert home.run("audit", "verify").returncode == 0


def test_a_backup_for_nobody_in_particular_opens_with_a_passphrase_that_is_shown_once(
    shown: tuple[Path, str], home: Home
) -> None:
    folder, said = shown
    passphrase = said.partition("shown this once: ")[2].split("\n")[0]

    other = "0000" if passphrase[:4] != "0000" else "1111"

    wrong = home.run("restore", str(folder), backup_passphrase=other + passphrase[4:])
    right = home.run("restore", str(folder), backup_passphrase=passphrase)

    assert len(passphrase) == 39
    assert (wrong.returncode, right.returncode) == (2, 0), right.stderr
    assert passphrase not in "".join(
        path.read_text("latin-1") for path in folder.rglob("*") if path.is_file()
    )


def test_a_passphrase_that_is_set_is_used_and_not_shown(rehearsal: Home, home: Home, tmp_path: Path) -> None:
    said = {"backup_passphrase": "a lamp in the window"}

    made = rehearsal.run("backup", str(tmp_path / "b"), **said)
    back = home.run("restore", str(tmp_path / "b"), **said)

    assert (made.returncode, back.returncode) == (0, 0), made.stderr + back.stderr
    assert said["backup_passphrase"] not in made.stdout
    assert "shown this once" not in made.stdout


def test_where_nobody_can_be_asked_for_the_passphrase_its_variable_is_named(
    rehearsal: Home, home: Home, shown: tuple[Path, str], tmp_path: Path
) -> None:
    made = rehearsal.run("backup", str(tmp_path / "c"), "--passphrase")
    back = home.run("restore", str(shown[0]))

    assert (made.returncode, back.returncode, (tmp_path / "c").exists()) == (2, 2, False)
    assert "NIGHTLIGHT_BACKUP_PASSPHRASE" in made.stderr
    assert "NIGHTLIGHT_BACKUP_PASSPHRASE" in back.stderr
    assert "Traceback" not in made.stderr + back.stderr


def test_a_restore_over_a_living_home_is_refused(rehearsal: Home, backup: Path, identity: Path) -> None:
    done = rehearsal.run("restore", str(backup), "--identity", str(identity))

    assert done.returncode == 2
    assert "not empty" in done.stderr


def test_a_restored_log_that_does_not_hold_is_told(
    rehearsal: Home, home: Home, tmp_path: Path, identity: Path
) -> None:
    rehearsal.run("audit", "checkpoint")
    copy = rehearsal.folder / "checkpoints.log"
    copy.write_text(copy.read_text().replace('"root": "', '"root": "0'))
    rehearsal.run("backup", str(tmp_path / "b"), "--recipient", KEYS.recipient)

    back = home.run("restore", str(tmp_path / "b"), "--identity", str(identity))

    assert back.returncode == 1
    assert "FOUND: " in back.stdout


def test_the_identity_and_the_folder_are_named_where_they_are_not_there(
    rehearsal: Home, backup: Path, tmp_path: Path
) -> None:
    empty = {"home": str(tmp_path / "new")}

    without = rehearsal.run("restore", str(backup), **empty)
    lost = rehearsal.run("restore", str(backup), "--identity", str(tmp_path / "none"), **empty)
    nowhere = rehearsal.run("restore", str(tmp_path / "none"), **empty)

    assert [done.returncode for done in (without, lost, nowhere)] == [2, 2, 2]
    assert "--identity" in without.stderr
    assert "No such file" in lost.stderr
    assert "holds no backup" in nowhere.stderr
