"""`nightlight backup` and `restore`: an encrypted, verified copy of a home, and back."""

import argparse
import os
import secrets
import sys
from pathlib import Path

from nightlight.cli import asked
from nightlight.server import home

VARIABLE = "NIGHTLIGHT_BACKUP_PASSPHRASE"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the commands."""
    backup = commands.add_parser("backup", help="an encrypted, verified copy of the home and its database")
    backup.add_argument("dir", metavar="DIR", type=Path, help="a new or empty folder")
    how = backup.add_mutually_exclusive_group()
    how.add_argument(
        "--recipient", action="append", metavar="age1…", help="who may open it (may be repeated)"
    )
    how.add_argument(
        "--passphrase", action="store_true", help=f"open it with {VARIABLE}, asked for if not set"
    )
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore", help="put a backup into an empty home and an empty database")
    restore.add_argument("dir", metavar="DIR", type=Path)
    restore.add_argument("--identity", metavar="FILE", type=Path, help="the age identity that opens it")
    restore.set_defaults(run=run_restore)


def run_backup(arguments: argparse.Namespace) -> int:
    """Prints what went in; done means that it was opened again and compared.

    Named neither recipients nor a passphrase, it takes the one that is set, or makes one and prints it once.
    """
    home.start_django()
    from django.conf import settings
    from django.db import transaction

    from nightlight.audit import log
    from nightlight.server import backup
    from nightlight.server.occupied import beside_others
    from nightlight.work.home import check, ring

    ring()
    check()
    made_up = not (arguments.recipient or arguments.passphrase or os.environ.get(VARIABLE))
    passphrase = None if arguments.recipient else _new_passphrase() if made_up else _passphrase()
    with beside_others(settings.NIGHTLIGHT.home):
        made = backup.make(
            settings.NIGHTLIGHT,
            arguments.dir,
            recipients=arguments.recipient or (),
            passphrase=passphrase,
            say=_say,
        )
        with transaction.atomic():
            log.record(
                "server.backup", by="system", files=len(made.files), size=sum(f.size for f in made.files)
            )
    if made_up:
        print(f"Its passphrase, shown this once: {passphrase}")
    print(f"The backup is {arguments.dir}. Keep it away from this machine, and what opens it away from both.")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Exit status 1 if the log that came back does not hold."""
    from nightlight.server import backup
    from nightlight.server.manifest import Manifest

    manifest = Manifest.read(arguments.dir)
    backup.restore(
        arguments.dir,
        os.environ,
        home.folder(),
        identity=_identity(arguments.identity) if arguments.identity else None,
        passphrase=_passphrase() if manifest.with_passphrase else None,
        say=_say,
    )
    home.start_django()
    home.migrate()
    from django.db import transaction

    from nightlight.audit import log
    from nightlight.audit.verify import verify
    from nightlight.work.home import check

    check()
    verdict = verify()
    with transaction.atomic():
        log.record(
            "server.restore", by="system", findings=len(verdict.findings), verified_to=verdict.verified_to
        )
    for finding in verdict.findings:
        print(f"FOUND: {finding}")
    print(
        f"The home is {home.folder()} again; its log is verified up to entry {verdict.verified_to}. "
        "Never run it beside the one it was copied from: both would send the same notices."
    )
    return 0 if verdict.holds else 1


def _passphrase() -> str:
    return asked.secret(VARIABLE, "Passphrase of the backup: ")


def _new_passphrase() -> str:
    """128 bits, as people can copy them."""
    return "-".join(secrets.token_hex(2) for _ in range(8))


def _identity(path: Path) -> str:
    """The secret in a file as `age-keygen` writes it: comments, then one key."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def _say(what: str) -> None:
    print(what, file=sys.stderr)
