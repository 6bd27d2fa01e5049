"""Killed at any moment, the hotline ends where it would have ended undisturbed: the mailboxes are the judge.

The demonstration is performed twice, once undisturbed. In the other, parts of the hotline are killed by SIGKILL at 20
random moments, and at eight more that are the worst there are: a notice lies in its mailbox and the hotline was not
told yet. They start again at once. On SQLite one process does all; on PostgreSQL web and two workers are apart.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.server import databases

pytestmark = pytest.mark.prove

ROOT = Path(__file__).parent.parent.parent
KILLS, STRIKES = 20, 8
WORKERS = 0 if databases.KIND == "sqlite" else 2
SECONDS = 1200
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)


@dataclass(frozen=True, slots=True)
class Performance:
    """What one performance came to, as `tests.chain.performance` prints it."""

    seen: dict[str, Any]

    @property
    def states(self) -> dict[str, str]:
        """Where the case of each address ended."""
        states: dict[str, str] = self.seen["states"]
        return states

    @property
    def without_address(self) -> Counter[tuple[str, str]]:
        """Kind and state of the cases that have no address."""
        return Counter(map(tuple, self.seen["without_address"]))

    def twice(self, key: Callable[[list[str]], tuple[str, ...]]) -> list[tuple[str, ...]]:
        """What was delivered more than once, of the mails that have such a key."""
        keys = Counter(key(mail) for mail in self.seen["mails"])
        return [found for found, count in keys.items() if count > 1 and all(found)]


def perform(folder: Path, *options: str) -> Performance:
    """One performance, in a process, a folder and a database of its own."""
    folder.mkdir()
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_"))
    }
    with databases.fresh(folder) as database:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.chain.performance",
                str(folder),
                "--workers",
                str(WORKERS),
                *options,
            ],
            env={**plain, "NIGHTLIGHT_DATABASE_URL": database},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    assert done.returncode == 0, f"seed {SEED}\n{done.stderr}"
    return Performance(json.loads(done.stdout))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """The performance that nobody disturbs."""
    return perform(tmp_path_factory.mktemp("undisturbed") / "demo")


@pytest.fixture(scope="module")
def killed(undisturbed: Performance, tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """The same, with kills all along."""
    options = {
        "--seed": SEED,
        "--kills": KILLS,
        "--strikes": STRIKES,
        "--within": undisturbed.seen["seconds"],
    }
    sys.stderr.write(f"\nkills with SEED={SEED}\n")
    words = [str(word) for pair in options.items() for word in pair]
    return perform(tmp_path_factory.mktemp("killed") / "demo", *words)


def test_it_was_killed_as_often_as_it_says_and_never_ended_by_itself(killed: Performance) -> None:
    assert len(killed.seen["killed"]) == KILLS
    assert len(killed.seen["struck"]) == STRIKES * max(WORKERS, 1)
    assert killed.seen["ended"] == []


def test_every_address_ends_in_the_same_state(undisturbed: Performance, killed: Performance) -> None:
    assert len(undisturbed.states) > 40
    assert killed.states == undisturbed.states


def test_no_report_is_lost_and_every_receipt_is_known(undisturbed: Performance, killed: Performance) -> None:
    # A reporter whose answer was lost sends again: then there is one report more, never one less.
    assert killed.seen["receipts"] == undisturbed.seen["receipts"]
    assert killed.seen["missing"] == []
    assert killed.seen["reports"] >= undisturbed.seen["reports"]
    assert killed.without_address >= undisturbed.without_address


def test_no_mail_is_delivered_twice(undisturbed: Performance, killed: Performance) -> None:
    for each in (undisturbed, killed):
        assert len(each.seen["mails"]) > 60
        assert each.twice(lambda mail: (mail[0], mail[1])) == []  # Message-ID and mailbox
        assert each.twice(lambda mail: (mail[2], mail[3])) == []  # serial and step


def test_no_page_is_left_that_nobody_was_told_of(undisturbed: Performance, killed: Performance) -> None:
    # Not the same mails: a doubt waits for somebody at the desk, and what is gone by then is not reminded of.
    told = [{url for mail in each.seen["mails"] for url in mail[4:]} for each in (undisturbed, killed)]

    assert told[1] == told[0]


def test_the_log_verifies(undisturbed: Performance, killed: Performance) -> None:
    assert (undisturbed.seen["findings"], killed.seen["findings"]) == ([], [])
