"""`nightlight scan`: a whole tree of files looked up in lists of known media, however often it is interrupted."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nightlight.cli import lookups

if TYPE_CHECKING:
    from nightlight.fingerprint.crew import Executor

ENGINES = ("local", "ray")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("scan", help="look a whole tree of files up in lists; goes on where it was")
    parser.add_argument("dir", type=Path, metavar="DIR", help="a folder, or a listing: one path per line")
    lookups.add_lists(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the results, one JSON object per line"
    )
    parser.add_argument("--engine", choices=ENGINES, default="local", help="who examines the files")
    parser.add_argument(
        "--workers", type=_workers, default=0, metavar="N", help="how many at once; as many as processors"
    )
    parser.set_defaults(run=partial(run, parser))


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Writes the results; exit status 1 if a file gave no fingerprint or a line of a list could not be read."""
    if not arguments.dir.exists():
        parser.error(f"there is no {arguments.dir}")
    lookups.prepare()
    from nightlight.fingerprint.match import Matcher
    from nightlight.fingerprint.scan import Job, scan

    known, readable = lookups.known(arguments)
    allowed, allowed_readable = lookups.allowed(arguments)
    job = Job(
        source=arguments.dir,
        out=arguments.out,
        lists=tuple(arguments.list or [arguments.index]),
        allow=tuple(arguments.allow),
        radius=arguments.radius,
        through_edits=arguments.through_edits,
    )
    with lookups.progress_of("scanning") as move, _executor(arguments) as executor:
        done = scan(
            job,
            executor,
            Matcher(known, arguments.radius, allowed),
            lambda progress, total: move(progress.done, total),
        )
    lookups.say(f"{done.done:,} files: {done.matched:,} with a match, {done.failed:,} without a fingerprint")
    return 1 if done.failed or not (readable and allowed_readable) else 0


def _executor(arguments: argparse.Namespace) -> "Executor":
    if arguments.engine == "ray":
        from nightlight.fingerprint.ray_crew import RayCrew

        return RayCrew(arguments.workers)
    from nightlight.fingerprint.crew import Crew

    return Crew(arguments.workers)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of workers")
    return int(text)
