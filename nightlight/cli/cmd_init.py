"""`nightlight init`: makes the home, its keys and its database, and adds a person."""

import argparse
import sys

from nightlight.cli import asked
from nightlight.server import home


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("init", help="make a home: keys, database, first person")
    parser.add_argument(
        "--rehearsal", action="store_true", help="a home to practise in; it can't become real"
    )
    parser.add_argument("--person", metavar="EMAIL", help="add this person")
    parser.add_argument("--role", action="append", default=[], help="a role of that person (may be repeated)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Safe to run again: it keeps what is there and adds the person."""
    if arguments.role and not arguments.person:
        print("nightlight init: --role needs --person", file=sys.stderr)
        return 2
    home.make()
    home.start_django()
    home.establish(arguments.rehearsal)
    home.open_()
    if arguments.person:
        from nightlight.accounts import people

        password = asked.secret("NIGHTLIGHT_PASSWORD", f"Password for {arguments.person}: ")
        people.add(arguments.person, arguments.role or ["manager"], password, by="system")
        print(f"Added {arguments.person}.")
    print(f"The home is {home.folder()}. Next: nightlight serve, and nightlight doctor for what is missing.")
    return 0
