"""`nightlight audit`: proves the log, and signs it as it is now."""

import argparse
import json
import sys
from dataclasses import asdict

from nightlight.server import home


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares `audit verify` and `audit checkpoint`."""
    parser = commands.add_parser("audit", help="prove the log, or sign it as it is now")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    verify = acts.add_parser("verify", help="find every edit, deletion or reordering; exit 1 if there is one")
    verify.set_defaults(run=run_verify)
    checkpoint = acts.add_parser("checkpoint", help="place what is pending and sign the log")
    checkpoint.set_defaults(run=run_checkpoint)
    for each in (verify, checkpoint):
        each.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run_verify(arguments: argparse.Namespace) -> int:
    """Says how far the log is proven and what was found; changes nothing."""
    _open()
    from nightlight.audit.verify import verify

    print("Reading the log …", file=sys.stderr)
    verdict = verify()
    if arguments.json:
        print(json.dumps({"holds": verdict.holds, **asdict(verdict)}))
        return 0 if verdict.holds else 1
    for finding in verdict.findings:
        print(f"FOUND: {finding}")
    print(
        f"{verdict.entries} entries, {verdict.leaves} in the tree, {verdict.pending} waiting for their place, "
        f"{verdict.checkpoints} checkpoints."
    )
    print(f"Verified up to entry {verdict.verified_to} of {verdict.entries}: {_sentence(verdict.findings)}")
    return 0 if verdict.holds else 1


def run_checkpoint(arguments: argparse.Namespace) -> int:
    """Signs, and prints what a third party may keep to hold us to it."""
    _open()
    from nightlight.audit import checkpoints

    made = checkpoints.checkpoint_now()
    if made is None:
        print("{}" if arguments.json else "The log is empty; there is nothing to sign.")
        return 0
    at = made.at.isoformat(timespec="microseconds")
    if arguments.json:
        print(json.dumps({"size": made.size, "root": made.root, "at": at, "signature": made.signature}))
    else:
        print(f"{made.size} entries, root {made.root}, signed {at}")
    return 0


def _sentence(findings: list[str]) -> str:
    return f"{len(findings)} findings." if findings else "nothing was changed, deleted or reordered."


def _open() -> None:
    home.start_django()
    from nightlight.work.home import check, ring

    ring()
    check()
