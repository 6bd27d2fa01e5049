"""The benchmark `queue` at a smaller size, as a proof on PostgreSQL: it says itself whether its targets are met."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import databases

ROOT = Path(__file__).parent.parent.parent
OPEN, PAST = 100_000, 300_000


@pytest.mark.prove
@pytest.mark.skipif(databases.KIND == "sqlite", reason="the promise is for PostgreSQL")
def test_the_queue_and_its_decisions_are_quick_with_many_cases() -> None:
    command = [sys.executable, "-m", "nightlight.bench.queue", str(OPEN), str(PAST)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}

    done = subprocess.run(
        command, cwd=ROOT, env=plain, text=True, capture_output=True, timeout=1200, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
