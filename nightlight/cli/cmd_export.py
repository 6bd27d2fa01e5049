"""`nightlight export`: every report in the form that `nightlight import` reads, or the demonstration history."""

import argparse
import sys

from nightlight.server import home


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("export", help="print every report in the form of past reports")
    parser.add_argument(
        "--sample",
        choices=["2019-2020"],
        help="the demonstration history of these years instead; needs no home, and none of it ever happened",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints one JSON object per line."""
    if arguments.sample:
        from nightlight.demo import past_years

        for text in past_years.lines():
            sys.stdout.write(text + "\n")
        return 0
    home.start_django()
    home.open_()
    from django.db import transaction

    from nightlight.audit import log
    from nightlight.stats import out
    from nightlight.stats.line import write

    count = 0
    for row in out.lines():
        sys.stdout.write(write(row) + "\n")
        count += 1
    with transaction.atomic():
        log.record("stats.export", by="system", lines=count)
    return 0
