"""`nightlight serve`, `web` and `work`: the doors and the hands of a hotline."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from nightlight.cli import numbers
from nightlight.server import home

HOSTS = ("127.0.0.1",)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the commands."""
    serve = commands.add_parser("serve", help="web and worker in one process")
    web = commands.add_parser("web", help="the web alone, for several machines")
    for parser in (serve, web):
        parser.add_argument(
            "--host", action="append", help="127.0.0.1 if not given; may be given several times"
        )
        parser.add_argument("--port", type=numbers.port, default=8000)
        parser.add_argument(
            "--processes", type=numbers.whole(1, 64), default=1, metavar="N", help="how many processes answer"
        )
    work = commands.add_parser("work", help="a worker alone, for several machines")
    for parser in (serve, work):
        parser.add_argument(
            "-n", type=numbers.whole(1, 64), default=2, metavar="N", help="how many pieces of work at once"
        )
    serve.set_defaults(run=run_serve)
    web.set_defaults(run=run_web)
    work.set_defaults(run=run_work)


def run_serve(arguments: argparse.Namespace) -> int:
    """Makes the home first where there is none."""
    new = not home.exists()
    home.make()
    with opened(new):
        from nightlight.server import serve

        serve.both(arguments.host or HOSTS, arguments.port, arguments.n, _say, arguments.processes)
    return 0


def run_web(arguments: argparse.Namespace) -> int:
    """Serves pages; due work is for `nightlight work` elsewhere."""
    with opened(False):
        from nightlight.server import serve

        serve.web(arguments.host or HOSTS, arguments.port, _say, arguments.processes)
    return 0


def run_work(arguments: argparse.Namespace) -> int:
    """Does due work."""
    with opened(False):
        from nightlight.server import serve

        serve.work(arguments.n, lambda: _say("working"))
    return 0


@contextmanager
def opened(new: bool) -> Iterator[None]:
    """A home that is there, ready to serve from; `new` makes its database first."""
    from nightlight.server import logs, occupied

    logs.set_up()
    home.start_django()
    from nightlight.work.home import ring

    ring()
    with occupied.beside_others(home.folder()):
        if new:
            home.establish(rehearsal=False)
        else:
            home.migrate()
        home.open_()
        from nightlight.server import rotation

        rotation.require_finished()
        yield


def _say(where: str) -> None:
    print(f"Nightlight: {where}  (stop with Ctrl-C)", file=sys.stderr, flush=True)
