"""`nightlight keys rotate`: a new key, and everything brought to it."""

import argparse
import sys

from nightlight.server import home


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares `keys rotate`."""
    parser = commands.add_parser("keys", help="rotate the keys of this home")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    rotate = acts.add_parser(
        "rotate", help="a new key, and every row brought to it; run again to go on after an interruption"
    )
    which = rotate.add_mutually_exclusive_group()
    which.add_argument("--data", action="store_true", help="what fields are sealed with (the default)")
    which.add_argument(
        "--index", action="store_true", help="what look-ups use; stop web and workers on every machine first"
    )
    rotate.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints how many rows were brought to the new key."""
    home.start_django()
    home.migrate()
    home.open_()
    from nightlight.server import rotation
    from nightlight.vault.ring import Family

    family = Family.INDEX if arguments.index else Family.DATA
    done = rotation.rotate(family, say=lambda what: print(what, file=sys.stderr))
    print(
        f"{done.rows} rows are on {done.family} key {done.key} now. Make a backup: older ones lack this key."
    )
    return 0
