"""Serving: the web in the main thread, the worker beside it, and an end within ten seconds of SIGTERM."""

import errno
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from nightlight.server.refused import RefusedUnread

log = logging.getLogger(__name__)

THREADS = 32  # most of them wait for the disk, together: see intake/gather.py
LARGEST_BODY = 4 * 1024 * 1024
TURN = 0.25  # how soon a signal is noticed
# How long a thread that computes keeps the others waiting, in seconds. Each answer needs the interpreter a dozen times,
# and the thread that writes reports computes for longer than Python's 5 ms.
SWITCH = 0.001
WORKS_AFTER = (
    5  # how much nicer (nice(2)) a worker in a process of its own is: people wait for the web's answers
)
# What is still being done at SIGTERM gets so long, in seconds; all of it together stays below ten.
REQUESTS_END = 2.0
THREADS_END = 0.5
WORK_ENDS = 5.0


class PortTaken(OSError):
    """Something else listens there."""


class NoSuchHost(ValueError):
    """Nothing can be served there."""


def web(host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serves pages until SIGTERM or SIGINT; calls `ready` with the address once the port is open.

    Raises PortTaken, NoSuchHost, or another OSError where the address is not this machine's.
    """
    from nightlight.intake import gather

    sockets: dict[int, Any] = {}
    server = _open(host, port, sockets)
    stopping = threading.Event()

    def stop(*_: object) -> None:
        if stopping.is_set():
            os._exit(0)
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.setswitchinterval(SWITCH)
    gather.begin()
    _warm_up()
    ready(f"http://{f'[{host}]' if ':' in host else host}:{_port(server)}")
    # Not server.run(): it cuts off who is being answered, such as a reporter whose receipt is on its way.
    while not stopping.is_set():
        _turn(sockets)
    _close_doors(sockets)
    last = time.monotonic() + REQUESTS_END
    while time.monotonic() < last and _answering(sockets):
        _turn(sockets)
    wasyncore.close_all(sockets, ignore_all=True)  # type: ignore[no-untyped-call]
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=THREADS_END)


def _turn(sockets: dict[int, Any]) -> None:
    wasyncore.loop(timeout=TURN, use_poll=True, map=sockets, count=1)  # type: ignore[no-untyped-call]


def _close_doors(sockets: dict[int, Any]) -> None:
    for each in list(sockets.values()):
        if isinstance(each, BaseWSGIServer):
            wasyncore.dispatcher.close(each)  # type: ignore[no-untyped-call]  # its own would take the trigger away


def _answering(sockets: dict[int, Any]) -> bool:
    """Whether a request that came whole is still being answered."""
    channels = [each for each in sockets.values() if isinstance(each, HTTPChannel)]
    return any(each.requests or each.total_outbufs_len for each in channels)


def _open(host: str, port: int, sockets: dict[int, Any]) -> Any:
    HTTPChannel.error_task_class = RefusedUnread
    try:
        return create_server(  # type: ignore[no-untyped-call]
            get_wsgi_application(),
            map=sockets,
            host=host,
            port=port,
            threads=THREADS,
            max_request_body_size=LARGEST_BODY,
            ident=None,
            clear_untrusted_proxy_headers=False,
        )
    except ValueError:
        raise NoSuchHost(f"{host} is no address of this machine") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} of {host} is in use; end what uses it, or choose another with --port"
            ) from error
        raise


def _port(server: Any) -> int:
    """The port that was opened, which differs from the one asked for if that was 0. A name that stands for several
    addresses, as localhost does for 127.0.0.1 and ::1, opens several."""
    several: list[tuple[str, int]] | None = getattr(server, "effective_listen", None)
    return int(several[0][1] if several else server.effective_port)


def work(threads: int, ready: Callable[[], None]) -> None:
    """Does due work until SIGTERM or SIGINT."""
    from nightlight.work.worker import Worker

    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    os.nice(WORKS_AFTER)
    worker = Worker(threads)
    worker.start()
    _warm_up()
    ready()
    while not stopping.wait(1):
        continue
    worker.stop(seconds=WORK_ENDS)


def both(host: str, port: int, threads: int, ready: Callable[[str], None]) -> None:
    """The web and a worker in one process."""
    from nightlight.work.worker import Worker

    worker = Worker(threads)
    worker.start()
    try:
        web(host, port, ready)
    finally:
        worker.stop(seconds=WORK_ENDS)


def _warm_up() -> None:
    """Makes hashing and matching ready, beside what is served meanwhile."""
    from nightlight.casebook import upkeep

    def run() -> None:
        upkeep.warm_up()
        _keep_for_good()

    _ = get_resolver().reverse_dict  # reads every view now, not at the first request
    _keep_for_good()
    threading.Thread(target=run, name="warm-up", daemon=True).start()


def _keep_for_good() -> None:
    """Takes what is loaded by now, which stays until the end, out of what Python's collector walks: it would stop
    everybody for a quarter of a second each time (`gc.freeze`)."""
    gc.collect()
    gc.freeze()
