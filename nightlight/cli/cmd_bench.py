"""`nightlight bench`: each published figure beside its peer, measured in one run."""

import argparse
import importlib
import importlib.util
import pkgutil
import sys
from pathlib import Path

PACKAGE = "nightlight.bench"


class NoSuchBenchmark(Exception):
    """There is no benchmark of that name."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("bench", help="measure a published figure beside its peer, in one run")
    parser.add_argument("name", nargs="?", metavar="NAME", help="which one; without it, all are named")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints a table; exit status as the benchmark says: 0 targets met, 1 not met, 2 a peer is missing."""
    found = names()
    if arguments.name is None:
        width = max(map(len, found), default=0)
        for name, line in found.items():
            print(f"{name.ljust(width)}  {line}")
        return 0
    if arguments.name not in found:
        raise NoSuchBenchmark(f"there is no benchmark {arguments.name!r}; there are {', '.join(found)}")
    return int(importlib.import_module(f"{PACKAGE}.{arguments.name}").run(_say))


def names() -> dict[str, str]:
    """The benchmarks, each with the first line of what its module says of itself; their peers are not needed."""
    package = importlib.util.find_spec(PACKAGE)
    places = package.submodule_search_locations if package else None
    found = {}
    for module in sorted(pkgutil.iter_modules(places), key=lambda each: each.name) if places else ():
        source = Path(getattr(module.module_finder, "path", ""), f"{module.name}.py")
        if source.exists() and "\ndef run(" in (text := source.read_text(encoding="utf-8")):
            found[module.name] = text.lstrip('"').split("\n", 1)[0].rstrip('"')
    return found


def _say(what: str) -> None:
    print(what)
    sys.stdout.flush()
