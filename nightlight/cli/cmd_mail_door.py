"""`nightlight mail-door`: mails that a mail server beside it hands over become reports."""

import argparse
import asyncio
import signal
import sys


class NoDoor(Exception):
    """There is no address to listen at."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = commands.add_parser("mail-door", help="take reports by mail from a mail server beside it (LMTP)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Listens where NIGHTLIGHT_LMTP says until SIGTERM or SIGINT."""
    from nightlight.cli.cmd_serve import opened

    with opened(False):
        from django.conf import settings

        if settings.NIGHTLIGHT.lmtp is None:
            raise NoDoor("set NIGHTLIGHT_LMTP to host:port, where your mail server hands mails over")
        asyncio.run(_listen(*settings.NIGHTLIGHT.lmtp))
    return 0


async def _listen(host: str, port: int) -> None:
    from nightlight.intake import mail_door

    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    server = await mail_door.open_door(host, port)
    print(f"Nightlight: mails at {host}:{port}  (stop with Ctrl-C)", file=sys.stderr, flush=True)
    await stopping.wait()
    server.close()
