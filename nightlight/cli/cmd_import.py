"""`nightlight import`: past reports from elsewhere, a JSON object per line, counted and announced to nobody."""

import argparse
import sys
import time
from pathlib import Path
from typing import BinaryIO

from nightlight.cli import progress
from nightlight.server import home


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("import", help="bring past reports in, so that they are counted")
    parser.add_argument(
        "file", type=Path, metavar="FILE.jsonl", help="one JSON object per line; - reads standard input"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Imports what fits; 1 if a line did not. Cut off, it goes on when it is run again."""
    home.start_django()
    home.open_()
    from nightlight.stats import past

    def refuse(number: int, reason: str) -> None:
        print(f"line {number}: {reason}", file=sys.stderr)

    began = time.perf_counter()
    read = 0
    with (
        _opened(arguments.file) as lines,
        progress.shown("importing") as move,
    ):

        def moved(done: int) -> None:
            nonlocal read
            read = done
            move(done, None)

        done = past.bring(lines, refuse, moved)
    seconds = max(time.perf_counter() - began, 0.001)
    print(
        f"{done.new} new, {done.corrected} corrected, {done.same} there already, {done.refused} refused; "
        f"{read / seconds:.0f} lines a second",
        file=sys.stderr,
    )
    return 1 if done.refused else 0


def _opened(path: Path) -> BinaryIO:
    return sys.stdin.buffer if str(path) == "-" else path.open("rb")
