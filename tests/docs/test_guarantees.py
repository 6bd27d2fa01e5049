"""The page of guarantees names tests that are there, and every saboteur that is there."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
# What the design asks to be sabotaged, by the words of its row.
SABOTAGED = {
    "lease": "Work is held by one worker at a time",
    "encryption": "A dump holds no reported address",
    "trigger": "The database refuses to change or delete",
    "permission": "Nobody gets in without it",
    "vetting": "Loopback, private, link-local",
    "mandate": "A real home without a mandate",
}


def rows() -> list[list[str]]:
    """The rows of every table: guarantee, held by, saboteur."""
    lines = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")
    ]
    return [row for row in cells if row[0] != "guarantee"]


@lru_cache
def defined_in(file: Path) -> frozenset[str]:
    """The names of the test functions of a file."""
    found = ast.parse(file.read_text(encoding="utf-8")).body if file.exists() else []
    return frozenset(
        each.name for each in found if isinstance(each, ast.FunctionDef) and each.name[:5] == "test_"
    )


def named(text: str) -> set[tuple[str, str]]:
    return set(NAMED.findall(text))


def test_every_row_is_whole_and_names_who_holds_it() -> None:
    broken = [row[0] for row in rows() if len(row) != 3 or not named(row[1])]

    assert len(rows()) > 40
    assert broken == []


def test_every_test_it_names_is_there() -> None:
    everything = {pair for row in rows() for cell in row for pair in named(cell)}

    missing = [f"{file}::{name}" for file, name in sorted(everything) if name not in defined_in(ROOT / file)]

    assert missing == []


def test_a_row_has_a_saboteur_or_says_that_it_has_none() -> None:
    unclear = [row[0] for row in rows() if not named(row[2]) and row[2] != "—"]

    assert unclear == []


def test_every_saboteur_is_on_the_page() -> None:
    shown = {pair for row in rows() for pair in named(row[2])}
    there = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / "tests").glob("*/test_saboteur.py")
        for name in defined_in(file)
    }

    assert there - shown == set()


@pytest.mark.parametrize("guard", SABOTAGED)
def test_what_the_design_asks_to_be_sabotaged_is(guard: str) -> None:
    (row,) = (row for row in rows() if row[0].startswith(SABOTAGED[guard]))

    assert named(row[2])
