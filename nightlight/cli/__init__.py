"""The `nightlight` command: one file per command (`cmd_init.py` is `nightlight init`).

Each command module has `add(commands)`, which declares its arguments, and `run(arguments) -> int`, which does it.
Exit status: 0 done, 1 done with some inputs failed or findings reported, 2 bad usage.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

from nightlight import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; errors a person can act on go to standard error."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    chosen = parser(given[0] if given else "").parse_args(given)
    try:
        return int(chosen.run(chosen))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if not is_answer(error):
            raise
        print(f"nightlight {chosen.command}: {error}", file=sys.stderr)
        return 2


def parser(only: str = "") -> argparse.ArgumentParser:
    """Every command and its arguments; with the name of one, that one alone, so that it need not wait for the rest."""
    found = argparse.ArgumentParser(prog="nightlight", description="The open hotline system.")
    found.add_argument("--version", action="version", version=f"nightlight {__version__}")
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    names = [name for _, name, _ in pkgutil.iter_modules(__path__) if name.startswith("cmd_")]
    for name in sorted({f"cmd_{only}"}.intersection(names) or names):
        importlib.import_module(f"{__name__}.{name}").add(commands)
    return found


def is_answer(error: Exception) -> bool:
    """Whether an error is one of ours that tells a person what to do (then no traceback is shown)."""
    from django.core.exceptions import ImproperlyConfigured, ValidationError
    from django.db import OperationalError

    return type(error).__module__.startswith("nightlight.") or isinstance(
        error, ValidationError | OperationalError | ImproperlyConfigured | OSError
    )
