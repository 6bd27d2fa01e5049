"""`hash`, `match`, `scan`, `index` and `bench` as people call them: without a home, one object per file, in order."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SECONDS, command


class Shell:
    """Runs commands where no home is and none may be made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            name: each for name, each in os.environ.items() if not name.startswith("NIGHTLIGHT_")
        }
        self.environment["NIGHTLIGHT_HOME"] = str(folder / "no-home")
        self.environment["PYTHONPATH"] = str(Path(__file__).parent.parent.parent)

    def start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command(*map(str, arguments)),
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str | Path, status: int = 0) -> "subprocess.CompletedProcess[str]":
        running = self.start(*arguments)
        out, error = running.communicate(timeout=5 * SECONDS)
        assert running.returncode == status, error
        assert "Traceback" not in error
        return subprocess.CompletedProcess(arguments, running.returncode, out, error)

    def said(self, *arguments: str | Path, status: int = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self(*arguments, "--json", status=status).stdout.splitlines()]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A folder with ten pictures of soft light, and lists of them."""
    folder = tmp_path_factory.mktemp("shell")
    (folder / "pictures").mkdir()
    rng = np.random.default_rng(3)
    for number in range(10):
        light = rng.integers(0, 256, (8, 8, 3), np.uint8)
        Image.fromarray(light).resize((400, 300)).save(folder / "pictures" / f"{number}.png")
    shell = Shell(folder)
    found = shell.said("hash", *sorted((folder / "pictures").iterdir()))
    (folder / "list.txt").write_text("\n".join(each["pdq"] for each in found))
    with (folder / "list.csv").open("w") as file:
        csv.writer(file).writerows((each["pdq"], f"light {n}") for n, each in enumerate(found))
    yield shell
    assert not (folder / "no-home").exists()


def test_every_file_has_its_object_in_the_order_given(shell: Shell) -> None:
    names = ["pictures/7.png", "missing.png", "list.txt", "pictures/0.png"]

    found = shell.said("hash", *names, status=1)

    assert [each["path"] for each in found] == names
    assert list(found[0]) == ["path", "kind", "md5", "sha1", "sha256", "pdq", "quality", "width", "height"]
    assert [each["error"].partition(":")[0] for each in found[1:3]] == ["unreadable", "not_media"]


def test_one_file_is_hashed_as_many_are(shell: Shell) -> None:
    alone = shell.said("hash", "pictures/7.png")
    modes = [shell.said("hash", "pictures/7.png", "--mode", mode)[0]["quality"] for mode in ("cpp", "fast")]

    assert alone == shell.said("hash", "pictures/7.png", "pictures/8.png")[:1]
    assert modes == [alone[0]["quality"]] * 2


def test_people_read_what_programs_do(shell: Shell) -> None:
    (object_,) = shell.said("hash", "pictures/7.png")

    text = shell("hash", "pictures/7.png").stdout

    assert all(str(object_[name]) in text for name in ("path", "md5", "sha1", "sha256", "pdq", "quality"))


def test_a_picture_is_found_on_its_list_with_line_label_and_way(shell: Shell) -> None:
    found = shell.said("match", "pictures/3.png", "pictures/0.png", "--list", "list.csv")

    assert [each["matches"] for each in found] == [
        [{"id": number, "distance": 0, "label": f"light {number}", "via": "as_is"}] for number in (3, 0)
    ]
    assert {**found[0], "matches": None} == {**shell.said("hash", "pictures/3.png")[0], "matches": None}


def test_an_edited_picture_is_found_through_the_edit(shell: Shell) -> None:
    mirrored = shell.folder / "mirrored.png"
    with Image.open(shell.folder / "pictures" / "5.png") as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored)

    (plain,) = shell.said("match", mirrored, "--list", "list.txt")
    (seen,) = shell.said("match", mirrored, "--list", "list.txt", "--through-edits")

    assert plain["matches"] == []
    assert [(match["id"], match["via"]) for match in seen["matches"]] == [(5, "mirrored")]


def test_hashes_are_looked_up_in_order_and_a_bad_one_stops_none(shell: Shell) -> None:
    lines = (shell.folder / "list.txt").read_text().splitlines()
    (shell.folder / "asked.txt").write_text(f"{lines[4].upper()}\nnonsense\n{'0' * 64}\n{lines[2]}\n")

    found = shell.said("match", "--hashes", "asked.txt", "--list", "list.txt", status=1)

    assert [each["pdq"] for each in found] == [lines[4], "nonsense", "0" * 64, lines[2]]
    assert [[match["id"] for match in each.get("matches", [])] for each in found] == [[4], [], [], [2]]
    assert found[1]["error"].startswith("line 2: ")


def test_an_index_answers_as_its_lists_do(shell: Shell) -> None:
    shell("index", "build", "list.csv", "-o", "known.idx")

    (about,) = [json.loads(shell("index", "info", "known.idx", "--json").stdout)]
    by_index = shell.said("match", "pictures/3.png", "--index", "known.idx")

    assert by_index == shell.said("match", "pictures/3.png", "--list", "list.csv")
    assert (about["entries"], about["pdq"], about["digests"], about["lists"]) == (10, 10, 0, ["list.csv"])


def test_a_damaged_index_is_refused(shell: Shell) -> None:
    shell("index", "build", "list.csv", "-o", "damaged.idx")
    content = bytearray((shell.folder / "damaged.idx").read_bytes())
    content[-1] ^= 1
    (shell.folder / "damaged.idx").write_bytes(content[:-1])

    for arguments in (("index", "info", "damaged.idx"), ("match", "x.png", "--index", "damaged.idx")):
        assert "damaged.idx" in shell(*arguments, status=2).stderr


def test_bad_lines_of_a_list_are_named_and_cost_nothing_else(shell: Shell) -> None:
    lines = (shell.folder / "list.txt").read_text()
    (shell.folder / "bad.txt").write_text(f"abc\n\x1b[2J\n{lines}")

    done = shell("match", "pictures/3.png", "--list", "bad.txt", "--json", status=1)

    assert json.loads(done.stdout)["matches"][0]["id"] == 5
    assert done.stderr.splitlines() == [
        "bad.txt: line 1: 3 hex digits where a PDQ hash has 64",
        "bad.txt: line 2: a PDQ hash has hex digits only; character 1 is '\\x1b'",
    ]


def test_an_allowed_picture_says_so(shell: Shell) -> None:
    lines = (shell.folder / "list.txt").read_text().splitlines()
    (shell.folder / "allow.txt").write_text(f"{lines[3]}\n")

    three, four = shell.said(
        "match", "pictures/3.png", "pictures/4.png", "--list", "list.txt", "--allow", "allow.txt"
    )

    assert three["matches"] == []
    assert [(taken["id"], taken["by"]["id"]) for taken in three["allowed"]] == [(3, 0)]
    assert len(four["matches"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hash",), "PATH"),
        (("hash", "--mode", "best", "a.png"), "best"),
        (("match", "a.png"), "--list"),
        (("match", "--list", "list.txt", "a.png"), "name files before --list"),
        (("match", "a.png", "--list", "list.txt", "--index", "known.idx"), "not allowed with"),
        (("match", "a.png", "--list", "list.txt", "--radius", "256"), "256"),
        (("match", "a.png", "--list", "missing.txt"), "missing.txt"),
        (("match", "--hashes", "missing.txt", "--list", "list.txt"), "missing.txt"),
        (("match", "a.png", "--index", "list.txt"), "list.txt is not an index"),
        (("scan", "missing", "--list", "list.txt", "--out", "o"), "there is no missing"),
        (("scan", "pictures", "--list", "list.txt", "--out", "list.csv"), "no scan left it"),
        (("scan", "pictures", "--list", "list.txt", "--out", "o", "--workers", "0"), "workers"),
        (("bench", "weather"), "no benchmark 'weather'"),
    ],
)
def test_bad_usage_says_what_to_do(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    assert said in shell(*arguments, status=2).stderr


def test_a_scan_gives_what_match_gives_and_goes_on_after_a_kill(shell: Shell) -> None:
    names = sorted(str(path) for path in (shell.folder / "pictures").iterdir())
    arguments = (
        "scan",
        shell.folder / "pictures",
        "--list",
        "list.txt",
        "--out",
        "scan.jsonl",
        "--workers",
        "1",
    )
    running = shell.start(*arguments)
    end = time.monotonic() + SECONDS
    while not (shell.folder / "scan.jsonl").exists() and time.monotonic() < end:
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.communicate()

    done = shell(*arguments)

    found = [json.loads(line) for line in (shell.folder / "scan.jsonl").read_text().splitlines()]
    assert found == shell.said("match", *names, "--list", "list.txt")
    assert "10 files: 10 with a match, 0 without a fingerprint" in done.stderr


def test_a_reader_who_has_seen_enough_is_no_error(shell: Shell) -> None:
    (shell.folder / "many.txt").write_text(("0" * 64 + "\n") * 20_000)
    running = shell.start("match", "--hashes", "many.txt", "--list", "list.txt", "--json")
    assert running.stdout and running.stderr
    running.stdout.readline()

    running.stdout.close()

    assert running.stderr.read() == ""
    assert running.wait(timeout=SECONDS) == 141
    running.stderr.close()


def test_benchmarks_are_named(shell: Shell) -> None:
    assert shell("bench").returncode == 0


def test_the_commands_start_no_django() -> None:
    program = """
import sys
from nightlight.cli import main
main(["hash", "missing"])
main(["match", "--hashes", "/dev/null", "--list", "/dev/null"])
print([name for name in ("django", "ray", "httpx", "av", "rich") if name in sys.modules])
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=SECONDS)

    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
