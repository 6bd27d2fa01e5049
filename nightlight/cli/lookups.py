"""What `match` and `scan` share: their lists, their allow list, and what is said about both on standard error."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nightlight.fingerprint.known import Known
    from nightlight.fingerprint.listed import BadLine

MOST_BAD_LINES = 20
MOST_RADIUS = 255
RADIUS = 31  # of PDQ: facebook/ThreatExchange, pdq/README.md


def add_lists(parser: argparse.ArgumentParser) -> None:
    """Declares the options that say what to look up in, and how."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--list", nargs="+", action="extend", type=Path, metavar="FILE", help="lists, in any form we read"
    )
    what.add_argument("--index", type=Path, metavar="INDEX", help="what `index build` saved")
    parser.add_argument(
        "--radius",
        type=_radius,
        default=RADIUS,
        metavar="N",
        help=f"bits of 256 that two PDQ hashes may differ in ({RADIUS})",
    )
    parser.add_argument(
        "--through-edits",
        action="store_true",
        help="look also without borders, turned by right angles and mirrored",
    )
    parser.add_argument(
        "--allow",
        nargs="+",
        action="extend",
        type=Path,
        default=[],
        metavar="FILE",
        help="lists of what is known to be no match",
    )


def known(arguments: argparse.Namespace) -> "tuple[Known, bool]":
    """What to look up in, and whether every line of it could be read. Raises OSError, saved.BadIndex."""
    from nightlight.fingerprint.known import Known

    if arguments.index:
        return Known.open(arguments.index), True
    return loaded(arguments.list)


def allowed(arguments: argparse.Namespace) -> "tuple[Known | None, bool]":
    """The allow list, if there is one, and whether every line of it could be read. Raises OSError."""
    from nightlight.fingerprint.match import ALLOWED_KINDS

    return loaded(arguments.allow, ALLOWED_KINDS) if arguments.allow else (None, True)


def loaded(paths: list[Path], only: "frozenset[str] | None" = None) -> "tuple[Known, bool]":
    """Lists, read; what can't be read and what is left out is said on standard error."""
    from nightlight.fingerprint import known
    from nightlight.fingerprint.listed import Kind

    problems = Problems(paths)
    found = known.load(paths, problems.take, only=frozenset(map(Kind, only)) if only else frozenset(Kind))
    problems.sum_up()
    for reason, count in found.left_out.most_common():
        say(f"left out {count:,}: {reason}")
    if not found.entries:
        say(f"{', '.join(map(str, paths))}: no entry that can be matched")
    return found, not problems.count


class Problems:
    """Tells which lines of lists could not be read, the first of them one by one, lines counted from 1."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self.count = 0

    def take(self, source: int, bad: "BadLine") -> None:
        """One line that could not be read."""
        self.count += 1
        if self.count <= MOST_BAD_LINES:
            say(f"{self._paths[source]}: line {bad.line + 1}: {bad.reason}")

    def sum_up(self) -> None:
        """How many more there were."""
        if self.count > MOST_BAD_LINES:
            say(f"and {self.count - MOST_BAD_LINES:,} more lines that could not be read")


def prepare() -> None:
    """Has the compiled parts ready; says so if that takes a while, as it does once after installation."""
    from nightlight.fingerprint import compiled

    compiled.prepare(say)


def say(what: str) -> None:
    """One line on standard error."""
    print(what, file=sys.stderr)


def plain(text: object) -> str:
    """Words of strangers as a terminal may be shown them: control characters named instead of obeyed."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode()
        for letter in str(text)
    )


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """What is called with how many are done, and of how many: a bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from nightlight.cli.progress import shown

    with shown(what) as move:
        yield move


def _radius(text: str) -> int:
    try:
        found = int(text)
    except ValueError:
        found = -1
    if not 0 <= found <= MOST_RADIUS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bits from 0 to {MOST_RADIUS}")
    return found
