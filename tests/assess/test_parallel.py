"""Many analysts at once, each a process: nobody gets the case of another, and no decision is lost."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from nightlight.vault import KeyRing
from tests.server import databases

ROOT = Path(__file__).parent.parent.parent


def shift(folder: Path, cases: int, people: int) -> tuple[list[list[dict[str, Any]]], dict[str, Any]]:
    """What each analyst printed, and what the database holds."""
    KeyRing.create(folder / "home" / "keys")
    with databases.fresh(folder) as url:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTLIGHT_")}
        env = {**plain, "NIGHTLIGHT_HOME": str(folder / "home"), "NIGHTLIGHT_DATABASE_URL": url}
        env |= {"DJANGO_SETTINGS_MODULE": "nightlight.server.settings"}

        def start(*words: object) -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "tests.assess.shift", *map(str, words)]
            return subprocess.Popen(
                command, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )

        assert start("prepare", cases, people).wait() == 0
        analysts = [start("work", f"p{number}@hotline.test") for number in range(people)]
        for each in analysts:
            assert each.stdout
            each.stdout.readline()
        for each in analysts:
            assert each.stdin
            each.stdin.write("go\n")
            each.stdin.flush()
        done = [[json.loads(line) for line in each.communicate()[0].splitlines()] for each in analysts]
        assert [each.returncode for each in analysts] == [0] * people
        return done, json.loads(start("judge").communicate()[0])


def check(done: list[list[dict[str, Any]]], held: dict[str, Any], cases: int) -> None:
    """Each look that somebody was told is recorded is there; nobody looked twice, nobody where it was not needed."""
    told = Counter(row["look"] for rows in done for row in rows)
    assert told == Counter(look["look"] for look in held["looks"])
    looks: dict[str, list[str]] = defaultdict(list)
    for look in held["looks"]:
        looks[look["case"]].append(look["by"])
    for_two = {row["case"] for rows in done for row in rows if row["for_two"]}
    assert len(looks) == cases
    for case, people in looks.items():
        assert len(set(people)) == len(people)
        wanted = 2 if case in for_two and held["states"][case] == "confirmed" else 1
        assert len(people) == wanted, case
    assert held["tally"] == Counter(held["states"].values())


def test_three_analysts_at_once_never_get_the_same_case_and_lose_no_decision(tmp_path: Path) -> None:
    done, held = shift(tmp_path, cases=30, people=3)

    check(done, held, cases=30)


@pytest.mark.prove
def test_twenty_analysts_at_once_never_get_the_same_case_and_lose_no_decision(tmp_path: Path) -> None:
    done, held = shift(tmp_path, cases=600, people=20)

    check(done, held, cases=600)
    assert sum(map(bool, done)) > 1  # they were at it at once; who got how many is the machine's affair
