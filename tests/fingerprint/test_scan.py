"""A scan that is killed again and again ends with the results of one that was not."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nightlight.fingerprint import scan as scanning
from nightlight.fingerprint.crew import Alone, Crew, Failed, Work
from nightlight.fingerprint.journal import Journal, Refused
from nightlight.fingerprint.known import load
from nightlight.fingerprint.match import Matcher
from nightlight.fingerprint.scan import Job, scan
from nightlight.fingerprint.tree import listing, walk

PICTURES = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of noise in folders of folders, and some files that are none."""
    place = tmp_path_factory.mktemp("tree")
    rng = np.random.default_rng(7)
    for number in range(PICTURES):
        below = place / f"{number % 5}" / f"{number % 3}"
        below.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(pixels).save(below / f"{number:03}.png")
    (place / "0" / "notes.txt").write_text("no picture")
    (place / "empty.png").touch()
    return place


@pytest.fixture(scope="module")
def hashes(folder: Path) -> Path:
    """A list of every third picture."""
    from nightlight.fingerprint.media import describe

    lines = [
        f"{describe(path)['pdq']},noise" for path in sorted(folder.rglob("*.png"))[::3] if path.stat().st_size
    ]
    path = folder.parent / f"{folder.name}-list.csv"
    path.write_text("\n".join(lines))
    return path


def job(folder: Path, hashes: Path, out: Path, **other: Any) -> Job:
    plain = {"lists": (hashes,), "allow": (), "radius": 31, "through_edits": False}
    return Job(source=folder, out=out, **{**plain, **other})


def matcher(hashes: Path) -> Matcher:
    return Matcher(load([hashes], lambda *_: None), 31)


def said(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text().splitlines()]


@pytest.fixture(scope="module")
def undisturbed(folder: Path, hashes: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("undisturbed") / "out.jsonl"
    scan(job(folder, hashes, out), Alone(), matcher(hashes))
    return out.read_bytes()


class Stumbling(Alone):
    """Examines so many files, then falls."""

    def __init__(self, files: int) -> None:
        self.files = files

    def map(self, work: Work[Any], paths: Iterable[str], failed: Failed[Any]) -> Iterator[Any]:
        for number, path in enumerate(paths):
            if number == self.files:
                raise KeyboardInterrupt
            yield work(path)


def test_every_file_has_its_line_in_the_order_of_the_tree(
    folder: Path, hashes: Path, undisturbed: bytes
) -> None:
    lines = [json.loads(line) for line in undisturbed.splitlines()]

    assert [line["path"] for line in lines] == sorted(
        str(path) for path in folder.rglob("*") if path.is_file()
    )
    assert sum(bool(line.get("matches")) for line in lines) == PICTURES // 3
    assert [line["error"].partition(":")[0] for line in lines if "error" in line] == ["not_media", "empty"]


def test_many_processes_write_what_one_writes(
    folder: Path, hashes: Path, tmp_path: Path, undisturbed: bytes
) -> None:
    with Crew(2) as crew:
        done = scan(job(folder, hashes, tmp_path / "out"), crew, matcher(hashes))

    assert (tmp_path / "out").read_bytes() == undisturbed
    assert (done.done, done.failed, done.matched) == (PICTURES + 2, 2, PICTURES // 3)


@pytest.mark.parametrize("batch", [1, 7, 256])
def test_a_scan_that_falls_at_any_file_goes_on_where_it_was(
    folder: Path,
    hashes: Path,
    tmp_path: Path,
    undisturbed: bytes,
    batch: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanning, "BATCH", batch)
    this = job(folder, hashes, tmp_path / "out")

    for files in (0, 1, 5, 20):
        with pytest.raises(KeyboardInterrupt):
            scan(this, Stumbling(files), matcher(hashes))
        assert undisturbed.startswith(this.out.read_bytes())
    scan(this, Alone(), matcher(hashes))

    assert this.out.read_bytes() == undisturbed


def test_lines_that_the_journal_does_not_know_are_written_again(
    folder: Path, hashes: Path, tmp_path: Path, undisturbed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "BATCH", 4)
    this = job(folder, hashes, tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        scan(this, Stumbling(10), matcher(hashes))
    with this.out.open("ab") as out, (tmp_path / "out.journal").open("ab") as journal:
        out.write(b'{"path": "half a li')
        journal.write(b'{"done": 12, "byt')

    scan(this, Alone(), matcher(hashes))

    assert this.out.read_bytes() == undisturbed
    assert json.loads((tmp_path / "out.journal").read_text().splitlines()[-1])["done"] == PICTURES + 2


def test_files_that_come_and_go_meanwhile_shift_nothing(
    hashes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "BATCH", 1)
    place = tmp_path / "tree"
    place.mkdir()
    for name in "bdf":
        (place / name).write_text(name)
    this = job(place, hashes, tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        scan(this, Stumbling(1), matcher(hashes))
    (place / "a").write_text("a")
    (place / "d").unlink()

    scan(this, Alone(), matcher(hashes))

    assert [Path(line["path"]).name for line in said(this.out)] == ["b", "d", "f"]


def test_a_scan_that_is_whole_is_not_done_again(folder: Path, hashes: Path, tmp_path: Path) -> None:
    this = job(folder, hashes, tmp_path / "out")
    first = scan(this, Alone(), matcher(hashes))
    before = this.out.read_bytes()

    again = scan(this, Stumbling(0), matcher(hashes))

    assert (again, this.out.read_bytes()) == (first, before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.journal"]


def test_a_scan_whose_output_was_deleted_begins_anew(folder: Path, hashes: Path, tmp_path: Path) -> None:
    this = job(folder, hashes, tmp_path / "out")
    scan(this, Alone(), matcher(hashes))
    before = this.out.read_bytes()
    this.out.unlink()

    scan(this, Alone(), matcher(hashes))

    assert this.out.read_bytes() == before


@pytest.mark.parametrize("other", [{"radius": 30}, {"through_edits": True}, {"lists": ()}])
def test_a_scan_does_not_go_on_as_another(
    folder: Path, hashes: Path, tmp_path: Path, other: dict[str, Any]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        scan(job(folder, hashes, tmp_path / "out"), Stumbling(70), matcher(hashes))
        raise KeyboardInterrupt

    with pytest.raises(Refused, match="other lists or other options"):
        scan(job(folder, hashes, tmp_path / "out", **other), Alone(), matcher(hashes))


def test_a_list_that_changed_is_another_list(folder: Path, hashes: Path, tmp_path: Path) -> None:
    own = tmp_path / "list"
    own.write_bytes(hashes.read_bytes())
    scan(job(folder, own, tmp_path / "out"), Alone(), matcher(hashes))
    own.write_text("0" * 64)

    with pytest.raises(Refused, match="other lists"):
        scan(job(folder, own, tmp_path / "out"), Alone(), matcher(hashes))


def test_a_file_that_no_scan_left_is_not_written_to(folder: Path, hashes: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("dear diary")

    with pytest.raises(Refused, match="no scan left it"):
        scan(job(folder, hashes, tmp_path / "out"), Alone(), matcher(hashes))

    assert (tmp_path / "out").read_text() == "dear diary"


def test_an_output_that_lost_lines_is_not_continued(folder: Path, hashes: Path, tmp_path: Path) -> None:
    this = job(folder, hashes, tmp_path / "out")
    scan(this, Alone(), matcher(hashes))
    os.truncate(this.out, 100)

    with pytest.raises(Refused, match="shorter than it was left"):
        scan(this, Alone(), matcher(hashes))


def test_two_scans_do_not_write_to_one_file(folder: Path, hashes: Path, tmp_path: Path) -> None:
    with Journal(tmp_path / "out"), pytest.raises(Refused, match="another scan"):
        scan(job(folder, hashes, tmp_path / "out"), Alone(), matcher(hashes))


def test_the_output_may_lie_in_the_folder_that_is_scanned(hashes: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    this = job(tmp_path, hashes, tmp_path / "out")

    scan(this, Alone(), matcher(hashes))

    assert [Path(line["path"]).name for line in said(this.out)] == ["a.txt"]


SCAN = """
    import sys
    from pathlib import Path
    from nightlight.fingerprint import scan as scanning
    from nightlight.fingerprint.crew import Crew
    from tests.fingerprint.test_scan import job, matcher
    scanning.BATCH = 3
    folder, hashes, out = map(Path, sys.argv[1:])
    if __name__ == "__main__":
        print("ready", flush=True)
        with Crew(2) as crew:
            scanning.scan(job(folder, hashes, out), crew, matcher(hashes))
"""


def test_a_scan_killed_at_random_moments_ends_as_if_it_had_not_been(
    folder: Path, hashes: Path, tmp_path: Path, undisturbed: bytes
) -> None:
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(SCAN))
    out = tmp_path / "out"
    command = [sys.executable, str(program), str(folder), str(hashes), str(out)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    chance = random.Random(11)
    kills = 0

    while True:
        running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert running.stdout and running.stdout.readline() == "ready\n"
        if kills < 4:
            # the moment: when so many more lines are there, so that a slow machine is killed in the middle too
            wanted = (len(out.read_bytes()) if out.exists() else 0) + chance.randrange(1, 9) * 400
            while running.poll() is None and (not out.exists() or out.stat().st_size < wanted):
                time.sleep(0.002)
            running.send_signal(signal.SIGKILL)
        running.communicate(timeout=600)
        if running.returncode == 0:
            assert out.read_bytes() == undisturbed
            if kills == 4:
                break
            out.unlink()  # it was through before we came to kill it: it begins anew
        else:
            assert running.returncode == -signal.SIGKILL
            kills += 1


class TestTree:
    """What there is to scan."""

    def test_files_come_in_the_order_of_their_bytes_and_loops_are_not_followed(self, tmp_path: Path) -> None:
        place = tmp_path / "tree"
        (place / "b" / "below").mkdir(parents=True)
        for name in ("c", "a", "b/z", "b/below/y", "B"):
            (place / name).touch()
        (place / "b" / "up").symlink_to(place)
        (place / "link").symlink_to(place / "a")
        (place / "nowhere").symlink_to(place / "missing")
        (place / "itself").symlink_to(place / "itself")
        (place / os.fsdecode(b"\xff")).touch()

        found = [str(item).removeprefix(f"{place}/") for item in walk(place)]

        assert found == ["B", "a", "b/below/y", "b/z", "c", "itself", "link", "nowhere", "\udcff"]

    def test_a_folder_that_can_t_be_read_is_said_to_be_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "closed").mkdir()
        (tmp_path / "file").touch()
        scandir = os.scandir

        def refuse(path: str) -> Any:
            if path.endswith("closed"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)

        closed, file = walk(tmp_path)

        assert closed == {
            "path": f"{tmp_path}/closed",
            "error": "unreadable: the folder can't be read: permission denied",
        }
        assert file == f"{tmp_path}/file"

    def test_a_very_deep_tree_is_walked(self, tmp_path: Path) -> None:
        place = tmp_path
        for _ in range(400):
            place = place / "d"
            place.mkdir()
        (place / "file").touch()

        assert list(walk(tmp_path)) == [str(place / "file")]

    def test_a_listing_names_paths_as_lines_or_as_json(self, tmp_path: Path) -> None:
        path = tmp_path / "listing"
        lines = [b"\xef\xbb\xbfa/b.png\r", b"", b'{"path": "c d.png", "size": 7}', b'{"size": 7}', b"{brace}.png",
                 b"\xff.png", b"x" * 200_000, b"last"]  # fmt: skip
        path.write_bytes(b"\n".join(lines))

        found = list(listing(path))

        assert [item for item in found if isinstance(item, str)] == [
            "a/b.png", "c d.png", "{brace}.png", "\udcff.png", "last",
        ]  # fmt: skip
        assert [item["error"][:10] for item in found if not isinstance(item, str)] == ["unreadable"] * 2

    def test_a_line_that_is_no_path_keeps_its_place_in_the_results(
        self, folder: Path, hashes: Path, tmp_path: Path
    ) -> None:
        names = tmp_path / "listing"
        picture = next(folder.rglob("*.png"))
        names.write_text(f"{picture}\n{{}}\nmissing.png\n{{}}\n")
        this = job(names, hashes, tmp_path / "out")

        scan(this, Alone(), matcher(hashes))

        assert [line["path"] for line in said(this.out)] == [str(picture), "{}", "missing.png", "{}"]
