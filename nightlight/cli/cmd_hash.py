"""`nightlight hash`: the fingerprints of pictures and videos."""

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from nightlight.cli import lookups

MODES = ("full", "cpp", "fast")
ALONE = 1  # so many files are hashed by this process; more, by several


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("hash", help="fingerprints of pictures and videos")
    parser.add_argument("path", nargs="+", metavar="PATH", help="files")
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="full",
        help="which PDQ: the usual one, Meta's C++ tool's, a fast one",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per file on standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tells the fingerprints of each file in the order given; exit status 1 if one gives none."""
    lookups.prepare()
    failed = 0
    with lookups.progress_of("hashing") as move:
        for done, said in enumerate(_described(arguments.path, arguments.mode), 1):
            failed += "error" in said
            sys.stdout.write(json.dumps(said) + "\n" if arguments.json else told(said))
            move(done, len(arguments.path))
    return 1 if failed else 0


def told(said: dict[str, Any]) -> str:
    """The object of one file as a person reads it."""
    lines = [lookups.plain(said["path"])]
    if "error" in said:
        lines += [f"  {lookups.plain(said['error'])}"]
    elif said["kind"] == "image":
        lines += [
            f"  {'image':8}{said['width']} x {said['height']}",
            f"  {'pdq':8}{said['pdq']}  quality {said['quality']}",
        ]
    else:
        lines += [f"  {'video':8}{said['duration']:.1f} s, {len(said['vpdq'])} frames"]
    lines += [f"  {name:8}{said[name]}" for name in ("md5", "sha1", "sha256") if name in said]
    lines += [
        f"  {frame['timestamp']:7.1f} {frame['pdq']}  quality {frame['quality']}"
        for frame in said.get("vpdq", ())
    ]
    return "\n".join(lines) + "\n"


def _described(paths: list[str], mode: str) -> Iterator[dict[str, Any]]:
    from nightlight.fingerprint.crew import Alone, Crew

    with Alone() if len(paths) <= ALONE else Crew() as executor:
        yield from executor.map(partial(_describe, mode), paths, _failed)


def _describe(mode: str, path: str) -> dict[str, Any]:
    from nightlight.fingerprint import media
    from nightlight.fingerprint.pdq import Mode

    return media.describe(path, Mode(mode))


def _failed(path: str, reason: str) -> dict[str, Any]:
    return {"path": path, "error": reason}
