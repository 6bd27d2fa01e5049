"""Damaged files: an answer for each, no crash, and no memory that grows."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.fingerprint.mutations import answered, seeds

ROOT = Path(__file__).parents[2]
GROWTH_MEBIBYTES = 150  # between the second and the last thousand


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_each_of_some_hundred_damaged_files_gets_an_answer(tmp_path: Path) -> None:
    found = Counter(answered(number, tmp_path) for number in range(12 * len(seeds())))

    assert found.total() == 12 * len(seeds())
    assert {"image", "video", "unreadable", "truncated"} <= set(found)


@pytest.mark.prove
def test_ten_thousand_damaged_files_get_answers_in_the_same_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fingerprint.mutations", str(tmp_path), "1000000", "10000"]

    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert told.returncode == 0, f"file {(tmp_path / 'number').read_text()}: {told.stderr[-2000:]}"
    memory = {int(line.split()[0]): int(line.split()[1]) for line in told.stdout.splitlines()}
    assert list(memory) == list(range(1000, 10_001, 1000))
    assert memory[10_000] - memory[2000] < GROWTH_MEBIBYTES, memory
