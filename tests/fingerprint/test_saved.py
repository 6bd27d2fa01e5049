"""A saved index is whole or refused: no answer from a file that is cut, damaged, unfinished or of another kind."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightlight.fingerprint import saved
from nightlight.fingerprint.index import Index
from nightlight.fingerprint.saved import BadIndex, Damaged, NotAnIndex, OtherVersion, Truncated
from tests.examples import SHARED_FIXTURES
from tests.fingerprint.codes import random_codes

SHARED_FOLDER = settings(suppress_health_check=SHARED_FIXTURES, max_examples=60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A saved index of three levels, with a label, a name and a removed row."""
    index = Index(7, capacity=64)
    index.add(range(100), random_codes(100, 1))
    index.add([2**63, 5], random_codes(2, 2), [1, 2])
    index.label(5, "A")
    index.name_all({6: "the sixth"})
    index.remove([3])
    index.save(tmp_path / "index")
    index.settle()
    return tmp_path / "index"


def test_what_was_saved_is_found_after_opening(path: Path) -> None:
    opened = Index.open(path)

    hits = opened.search(random_codes(100, 1))
    assert hits.id.tolist() == [row for row in range(100) if row != 3]
    assert (opened.labels(5), opened.name(6), len(opened)) == ("A", "the sixth", 101)
    assert opened.search(random_codes(2, 2)).tag.tolist() == [1, 2]


def test_what_is_added_and_removed_after_opening_leaves_the_file_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    opened = Index.open(path)

    opened.add([500], random_codes(1, 3))
    opened.remove(range(50))
    opened.label(60, "B")

    assert opened.search(random_codes(1, 3)).id.tolist() == [500]
    assert opened.search(random_codes(100, 1)).id.tolist() == list(range(50, 100))
    assert path.read_bytes() == before
    saved.check(path)


def test_an_index_saved_over_the_file_it_was_opened_from_keeps_answering(path: Path) -> None:
    opened = Index.open(path)
    opened.remove([4])

    opened.save(path)

    assert 4 not in opened.search(random_codes(100, 1)).id
    assert 4 not in Index.open(path).search(random_codes(100, 1)).id


@SHARED_FOLDER
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_refused(path: Path, share: float) -> None:
    content = path.read_bytes()
    cut = path.with_name("cut")
    cut.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(BadIndex):
        Index.open(cut)


def test_a_file_that_is_too_long_is_refused(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0")

    with pytest.raises(Truncated):
        Index.open(path)


@SHARED_FOLDER
@given(data=st.data())
def test_a_damaged_beginning_is_refused_and_damage_anywhere_is_found_by_checking(
    path: Path, data: st.DataObject
) -> None:
    content = bytearray(path.read_bytes())
    length = 48 + int.from_bytes(content[12:16], "little")
    where = data.draw(st.integers(0, length - 1))
    content[where] ^= 1 << data.draw(st.integers(0, 7))
    damaged = path.with_name("damaged")
    damaged.write_bytes(content)

    with pytest.raises(BadIndex):
        Index.open(damaged)


@pytest.mark.parametrize("part", ["codes", "rows", "sketches", "ids"])
def test_damaged_arrays_are_found_by_checking_and_lead_nowhere_before(path: Path, part: str) -> None:
    damage(path, part)

    Index.open(path).search(random_codes(100, 1))

    with pytest.raises(Damaged, match=part):
        saved.check(path)


def test_damaged_bounds_are_found_on_opening_because_they_would_lead_outside(path: Path) -> None:
    damage(path, "starts")

    with pytest.raises(Damaged, match="tables"):
        Index.open(path)


def damage(path: Path, part: str) -> None:
    """Fill every array of that name with ones."""
    content = bytearray(path.read_bytes())
    length = int.from_bytes(content[12:16], "little")
    for told in json.loads(content[48 : 48 + length])["arrays"]:
        if told["name"].endswith(f".{part}"):
            content[told["place"] : told["place"] + told["bytes"]] = b"\xff" * told["bytes"]
    path.write_bytes(content)


def test_a_file_of_another_version_is_refused_by_name(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8] += 1
    path.write_bytes(content)

    with pytest.raises(OtherVersion, match="version 2"):
        Index.open(path)


@pytest.mark.parametrize("content", [b"", b"NIGHT", b"pdq,label\n" * 100, bytes(10_000)])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list").write_bytes(content)

    with pytest.raises(NotAnIndex):
        Index.open(tmp_path / "list")


def test_a_disk_that_fails_leaves_the_old_index_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def fail(*paths: object) -> None:
        raise OSError("no space left")

    opened = Index.open(path)
    opened.remove(range(100))
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        opened.save(path)

    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["index"]


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_process_killed_before_its_file_has_its_name_leaves_the_old_index(path: Path, moment: str) -> None:
    before = path.read_bytes()
    script = f"""
import os, signal, sys
from nightlight.fingerprint.index import Index
opened = Index.open(sys.argv[1])
opened.remove(range(100))
os.{moment} = lambda *anything: os.kill(os.getpid(), signal.SIGKILL)
opened.save(sys.argv[1])
"""

    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False, cwd=Path.cwd())

    assert killed.returncode == -9
    assert path.read_bytes() == before
    assert len(Index.open(path)) == 101


def test_what_a_killed_process_left_behind_is_cleared_away_but_not_what_another_is_writing(
    path: Path,
) -> None:
    left, in_work = (path.with_name(f".index.{name}.unfinished") for name in ("left", "work"))
    left.write_bytes(b"half")
    with in_work.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        Index.open(path).save(path)

        assert (left.exists(), in_work.exists()) == (False, True)


def test_an_empty_index_is_saved_and_opened(tmp_path: Path) -> None:
    Index(3).save(tmp_path / "empty")

    opened = Index.open(tmp_path / "empty")

    assert (len(opened), len(opened.search(random_codes(2, 1)))) == (0, 0)
