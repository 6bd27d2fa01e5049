"""`nightlight stats`: any published table, for any period, as known on any day."""

import argparse
from datetime import date

from nightlight.server import home

FORMATS = ("text", "csv", "json")
YEARS = range(1970, 3000)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("stats", help="print a published table")
    parser.add_argument("table", nargs="?", default="headline", metavar="TABLE", help="headline if not given")
    parser.add_argument(
        "--from", dest="first", type=_day, metavar="D", help="the first day, such as 2020-01-01"
    )
    parser.add_argument("--to", dest="last", type=_day, metavar="D", help="the last day, included")
    parser.add_argument(
        "--as-of", type=_day, metavar="D", help="as known at the end of this day; today if not given"
    )
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--list", action="store_true", help="name every table and what it counts")
    parser.add_argument(
        "--measures", action="store_true", help="print docs/measures.md: how everything is counted"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="recount everything from the records and compare; status 1 if a figure differs",
    )
    parser.add_argument(
        "--since",
        type=_day,
        metavar="D",
        help="instead, what became known after this day about days up to it",
    )
    parser.add_argument(
        "--publish", metavar="NAME", help="freeze and sign every table of the period as an edition"
    )
    parser.add_argument(
        "--rounding",
        choices=["none", "whole", "whole_or_tenth"],
        default="whole",
        help="how that edition rounds percentages",
    )
    parser.add_argument(
        "--edition", metavar="NAME", help="check a published edition; status 1 if it does not hold"
    )
    parser.add_argument("--note", metavar="TEXT", help="with --edition, add this erratum to it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints one table, or the list of them."""
    home.start_django()
    if arguments.list:
        return _list()
    if arguments.measures:
        from nightlight.stats import measures_page

        print(measures_page.text(), end="")
        return 0
    home.open_()
    from nightlight.stats.render import render
    from nightlight.work import clock

    as_of = arguments.as_of or clock.now().date()
    if arguments.check:
        return _check(as_of)
    if arguments.since:
        return _since(arguments.since, as_of)
    if arguments.publish or arguments.edition:
        return _edition(arguments, as_of)
    text = render(arguments.table, arguments.first, arguments.last, as_of, arguments.format)
    print(text, end="" if text.endswith("\n") else "\n")
    return 0


def _list() -> int:
    from nightlight.stats.tables import TABLES

    width = max(map(len, TABLES))
    for name, table in TABLES.items():
        print(f"{name.ljust(width)}  {table.title}")
    return 0


def _check(as_of: date) -> int:
    from nightlight.stats import recount

    found = recount.compare(as_of)
    for each in found[:20]:
        table, day, *where = each.cell
        place = " ".join(part for part in where if part)
        print(f"{table} {place} on {day}: {each.ledger} kept, {each.recount} recounted")
    if found:
        print(f"{len(found)} figures differ as of {as_of}")
        return 1
    print(f"every figure equals its recount, as of {as_of}")
    return 0


def _since(day: date, as_of: date) -> int:
    from nightlight.stats import editions

    for each in editions.changed_since(day, as_of):
        print(f"{each.month}  {each.table} {' '.join(part for part in each.cell if part)}  {each.n:+d}")
    return 0


def _edition(arguments: argparse.Namespace, as_of: date) -> int:
    from nightlight.stats import editions

    if arguments.publish:
        made = editions.publish(arguments.publish, arguments.first, arguments.last, as_of, arguments.rounding)
        print(f"edition {made.name} is published, as of {made.as_of}")
        return 0
    if arguments.note:
        editions.note(arguments.edition, arguments.note)
    edition = editions.find(arguments.edition)
    verdict = editions.check(edition)
    print(f"edition {edition.name}, as of {edition.as_of}: {'signed' if verdict.is_signed else 'ALTERED'}")
    for erratum in edition.errata.order_by("at"):
        print(f"erratum of {erratum.at:%Y-%m-%d}: {erratum.note}")
    for name in verdict.differing:
        print(f"{name} comes out otherwise now")
    return 0 if verdict.is_signed and not verdict.differing else 1


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it like 2020-11-30") from error
    if day.year not in YEARS:
        raise argparse.ArgumentTypeError(f"{text!r} is no day of any hotline")
    return day
