"""`nightlight demo --check` plays the chain to its end on this database, and says how long that took."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.server import databases

pytestmark = pytest.mark.prove

SECONDS = 600


@pytest.mark.parametrize("workers", ["0", "2"])
def test_every_step_of_the_chain_arrives(tmp_path: Path, workers: str) -> None:
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("NIGHTLIGHT_", "DJANGO_"))
    }
    command = [sys.executable, "-c", "import sys; from nightlight.cli import main; sys.exit(main())", "demo"]
    began = time.monotonic()

    with databases.fresh(tmp_path) as database:
        done = subprocess.run(
            [*command, "--check", "--port", str(free_port()), "--workers", workers],
            env={**plain, "NIGHTLIGHT_DATABASE_URL": database},
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    sys.stderr.write(f"\ndemo --check on {databases.KIND}: {time.monotonic() - began:.0f} s\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The audit log verifies." in done.stdout
