"""`nightlight doctor`: what this hotline still needs, and what to do about it."""

import argparse
import json
from dataclasses import asdict

WIDTH = 22


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("doctor", help="what is missing, and what to do about it")
    parser.add_argument("--json", action="store_true", help="one JSON object per check")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints each finding as it comes; exit status 1 if something is missing."""
    from nightlight.server import doctor
    from nightlight.server.findings import Mark

    lacking = 0
    for finding in doctor.examine():
        lacking += finding.state is Mark.MISSING
        if arguments.json:
            print(json.dumps(asdict(finding)), flush=True)
            continue
        print(f"{finding.state:8}{finding.check:{WIDTH}}{finding.found}", flush=True)
        if finding.do:
            print(f"{'':8}{'':{WIDTH}}→ {finding.do}", flush=True)
    if not arguments.json:
        print(f"\n{lacking} missing." if lacking else "\nNothing is missing.")
    return 1 if lacking else 0
