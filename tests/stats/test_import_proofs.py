"""On either database: the headline of the demonstration history, and an import that is killed and goes on."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest

from nightlight.demo import past_years
from tests.server import databases

pytestmark = pytest.mark.prove

ROOT = Path(__file__).parent.parent.parent
RUN = "import sys; from nightlight.cli import main; sys.exit(main(sys.argv[1:]))"
LINES, KILLS = 45_000, 4
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)

Command = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    """Starts a command of a rehearsal home of its own."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_"))
    }
    with databases.fresh(tmp_path) as url:
        env = plain | {"NIGHTLIGHT_HOME": str(tmp_path / "home"), "NIGHTLIGHT_DATABASE_URL": url}

        def start(*words: str) -> "subprocess.Popen[bytes]":
            pipe = subprocess.PIPE
            return subprocess.Popen(
                [sys.executable, "-c", RUN, *words], cwd=ROOT, env=env, stdin=pipe, stdout=pipe, stderr=pipe
            )

        assert start("init", "--rehearsal").wait(120) == 0
        yield start


def _answer(started: "subprocess.Popen[bytes]", given: bytes = b"") -> str:
    out, err = started.communicate(given, timeout=1200)
    assert started.returncode == 0, err.decode()
    return out.decode()


def test_the_headline_comes_out_of_the_whole_history(command: Command) -> None:
    history = "\n".join(past_years.lines()).encode()

    _answer(command("import", "-"), history)
    found = json.loads(_answer(command("stats", "headline", "--as-of", "2020-11-30", "--format", "json")))

    assert found["month"] == {
        "month": "2020-09",
        "public_reports": 15_000,
        "same_month_last_year": 10_000,
        "change": 5_000,
        "is_record": True,
    }
    assert found["confirmed"] == {"year_to_date": 138_000, "last_year": 132_730}
    own = found["self_generated"]
    assert (own["half"], round(own["share"], 4), round(own["share_last_year"], 3)) == ("2020-H1", 0.44, 0.29)


def test_an_import_killed_at_any_moment_goes_on_and_every_figure_is_right(command: Command) -> None:
    lines = [f"{line}\n".encode() for line in islice(past_years.lines(), LINES)]
    chance = random.Random(SEED)

    for _ in range(KILLS):
        started = command("import", "-")
        assert started.stdin
        with suppress(subprocess.TimeoutExpired, BrokenPipeError):
            started.stdin.writelines(lines[: chance.randrange(11_000, LINES)])
            started.stdin.flush()
            started.wait(chance.uniform(0, 2))
        started.kill()
        started.communicate()
    _answer(command("import", "-"), b"".join(lines))

    again = command("import", "-")
    _out, said = again.communicate(b"".join(lines), timeout=600)
    checked = command("stats", "--check", "--as-of", "2030-12-31")
    rows = json.loads(_answer(command("stats", "reports_by_month", "--format", "json")))["rows"]
    assert f"0 new, 0 corrected, {LINES} there already" in said.decode(), f"SEED={SEED}"
    assert sum(row["total"] for row in rows) == LINES
    assert _answer(checked)
