"""`nightlight index`: lists saved as an index that opens at once, and what is in one."""

import argparse
import json
from pathlib import Path

from nightlight.cli import lookups


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares `index build` and `index info`."""
    parser = commands.add_parser("index", help="save lists as an index that opens at once")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    build = acts.add_parser("build", help="read lists, in any form we read, and save them as one index")
    build.add_argument("file", nargs="+", type=Path, metavar="FILE", help="lists")
    build.add_argument("-o", "--out", type=Path, required=True, metavar="INDEX", help="where to save it")
    build.set_defaults(run=run_build)
    info = acts.add_parser("info", help="what an index holds; reads all of it and finds damage")
    info.add_argument("index", type=Path, metavar="INDEX")
    info.add_argument("--json", action="store_true", help="one JSON object on standard output")
    info.set_defaults(run=run_info)


def run_build(arguments: argparse.Namespace) -> int:
    """Saves an index, whole or not at all; exit status 1 if a line of a list could not be read."""
    lookups.prepare()
    found, readable = lookups.loaded(arguments.file)
    found.save(arguments.out)
    lookups.say(f"{arguments.out}: {found.entries:,} entries, {len(found.index):,} PDQ hashes")
    return 0 if readable else 1


def run_info(arguments: argparse.Namespace) -> int:
    """Tells what an index holds. Raises saved.BadIndex, which is exit status 2, for one that is damaged."""
    from nightlight.fingerprint import saved
    from nightlight.fingerprint.known import Known, exact_path

    saved.check(arguments.index)
    found = Known.open(arguments.index)
    size = arguments.index.stat().st_size
    if len(found.exact):
        saved.check(exact_path(arguments.index))
        size += exact_path(arguments.index).stat().st_size
    said = {
        "entries": found.entries,
        "pdq": len(found.index),
        "digests": len(found.exact),
        "bytes": size,
        "lists": list(found.sources),
    }
    if arguments.json:
        print(json.dumps(said))
        return 0
    print(f"entries     {found.entries:>12,}")
    print(f"PDQ hashes  {len(found.index):>12,}")
    print(f"digests     {len(found.exact):>12,}")
    print(f"bytes       {size:>12,}")
    for source in found.sources:
        print(f"from        {lookups.plain(source)}")
    return 0
