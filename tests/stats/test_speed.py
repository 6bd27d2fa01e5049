"""The benchmarks of the numbers at a smaller size, as proofs on both databases: each says itself whether it is met."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.prove
@pytest.mark.parametrize(("name", "size"), [("tables", {"CASES": "300000"}), ("import", {"LINES": "60000"})])
def test_the_numbers_are_quick(name: str, size: dict[str, str]) -> None:
    code = f"import sys; from nightlight.cli import main; sys.exit(main(['bench', {name!r}]))"
    plain = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=plain | size,
        text=True,
        capture_output=True,
        timeout=1200,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
