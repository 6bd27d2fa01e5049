"""`nightlight match`: pictures, videos and hashes looked up in lists of known media."""

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nightlight.cli import lookups
from nightlight.cli.cmd_hash import ALONE

if TYPE_CHECKING:
    from nightlight.fingerprint.match import Matcher

BATCH = 64  # files looked up together
HASHES = 4096
LONGEST_SHOWN = 200
FORMS = {"cpp": "by the hash of Meta's C++ tool", "oriented": "turned as its EXIF says"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("match", help="look pictures, videos and hashes up in lists")
    parser.add_argument("path", nargs="*", metavar="PATH", help="files")
    parser.add_argument("--hashes", type=Path, metavar="FILE", help="one bare PDQ hash per line")
    lookups.add_lists(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object per file on standard output")
    parser.set_defaults(run=partial(run, parser))


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Tells what each file and each hash matches, in the order given. Exit status 1 if a file gives no fingerprint
    or a line could not be read; matches alone are 0."""
    if not arguments.path and not arguments.hashes:
        parser.error("nothing to look up: name files before --list, or --hashes FILE")
    if arguments.hashes:
        with arguments.hashes.open("rb"):  # what can't be opened is bad usage, before lists are read
            pass
    lookups.prepare()
    from nightlight.fingerprint.match import Matcher

    known, readable = lookups.known(arguments)
    allowed, allowed_readable = lookups.allowed(arguments)
    matcher = Matcher(known, arguments.radius, allowed)
    failed = not (readable and allowed_readable)
    with lookups.progress_of("looking up") as move:
        for done, said in enumerate(_answers(matcher, arguments), 1):
            failed |= "error" in said
            sys.stdout.write(json.dumps(said) + "\n" if arguments.json else told(said))
            if done % BATCH == 0:
                move(done, None)
    return 1 if failed else 0


def told(said: dict[str, Any]) -> str:
    """What one file or hash matches, as a person reads it."""
    name = lookups.plain(said.get("path", said.get("pdq")))
    if "error" in said:
        return f"{name}\n  {lookups.plain(said['error'])}\n"
    lines = [f"{name}  {_count(said)}"]
    lines += [f"  {_told(match)}" for match in said["matches"]]
    lines += [
        f"  {_told(match)}, allowed by {lookups.plain(match['by']['id'])} at distance {match['by']['distance']}"
        for match in said.get("allowed", ())
    ]
    return "\n".join(lines) + "\n"


def _count(said: dict[str, Any]) -> str:
    count = len(said["matches"])
    words = ["no match" if not count else "1 match" if count == 1 else f"{count} matches"]
    if "frames" in said:
        words.append(f"{said['frames']['matched']} of {said['frames']['of']} frames known")
    return ", ".join(words)


def _told(match: dict[str, Any]) -> str:
    how = f"same {match['type'].upper()}" if "type" in match else f"distance {match['distance']}"
    via = "" if match["via"] == "as_is" else f"  through {match['via'].replace('_', ' ')}"
    via += "".join(f", {FORMS[form]}" for form in match.get("form", "").split("+") if form)
    source = f"  in {lookups.plain(match['list'])}" if "list" in match else ""
    label = f"  {lookups.plain(match['label'])}" if match["label"] else ""
    return f"{how:12}  id {lookups.plain(match['id'])}{label}{via}{source}"


def _answers(matcher: "Matcher", arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    yield from _of_files(matcher, arguments.path, arguments.through_edits)
    if arguments.hashes:
        yield from _of_hashes(matcher, arguments.hashes)


def _of_files(matcher: "Matcher", paths: list[str], through_edits: bool) -> Iterator[dict[str, Any]]:
    from itertools import islice

    from nightlight.fingerprint.crew import Alone, Crew
    from nightlight.fingerprint.look import examine, failed

    with Alone() if len(paths) <= ALONE else Crew() as executor:
        examined = executor.map(partial(examine, through_edits=through_edits), paths, failed)
        while batch := list(islice(examined, BATCH)):
            yield from matcher.answer(batch)


def _of_hashes(matcher: "Matcher", path: Path) -> Iterator[dict[str, Any]]:
    from nightlight.fingerprint.listed import BadValue, Kind, value
    from nightlight.fingerprint.lists_text import pieces, too_long

    batch: list[str] = []
    with path.open("rb") as file:
        for number, line in pieces(file):
            text = (line or "").strip()
            if line is not None and not text:
                continue
            try:
                batch.append(value(Kind.PDQ, text))
                bad = None
            except BadValue as error:
                reason = too_long(number).reason if line is None else str(error)
                bad = {"pdq": text[:LONGEST_SHOWN], "error": f"line {number + 1}: {reason}"}
            if bad or len(batch) == HASHES:
                yield from matcher.hashes(batch)
                batch = []
            if bad:
                yield bad
    yield from matcher.hashes(batch)
