"""Serving: the web in the main thread, the worker beside it, and an end within ten seconds of SIGTERM."""

import errno
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from nightlight.server import several
from nightlight.server.refused import RefusedUnread
from nightlight.server.several import Told

log = logging.getLogger(__name__)

THREADS = 32  # most of them wait for the disk, together: see intake/gather.py
LARGEST_BODY = 4 * 1024 * 1024
BACKLOG = 1024  # how many may wait to be accepted
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


def web(hosts: Sequence[str], port: int, ready: Callable[[str], None], processes: int = 1) -> None:
    """Serves pages until SIGTERM or SIGINT; calls `ready` with the address once the port is open.

    With more than one process, each answers and this one watches over them. Raises PortTaken, NoSuchHost, or another
    OSError where the address is not this machine's.
    """
    doors = _listen(hosts, port)
    if processes > 1:
        _each_apart([partial(_answer, doors)] * processes, doors, lambda: ready(_address(hosts, doors)))
        return
    stopping = threading.Event()

    def stop(*_: object) -> None:
        if stopping.is_set():
            os._exit(0)
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _answer(doors, stopping.is_set, lambda: ready(_address(hosts, doors)))


def _answer(doors: Sequence[socket.socket], told: Told, ready: Callable[[], None] = lambda: None) -> None:
    """Answers who comes to these doors until told to end, and then still whoever is being answered."""
    from nightlight.intake import gather

    sockets: dict[int, Any] = {}
    server = _server(doors, sockets)
    sys.setswitchinterval(SWITCH)
    gather.begin()
    _warm_up()
    ready()
    # Not server.run(): it cuts off who is being answered, such as a reporter whose receipt is on its way.
    while not told():
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


def _server(doors: Sequence[socket.socket], sockets: dict[int, Any]) -> Any:
    HTTPChannel.error_task_class = RefusedUnread
    return create_server(  # type: ignore[no-untyped-call]
        get_wsgi_application(),
        map=sockets,
        sockets=list(doors),
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        ident=None,
        clear_untrusted_proxy_headers=False,
    )


def _listen(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Opens the port at each address; a name that stands for several, as localhost does for 127.0.0.1 and ::1, opens
    several. Where `port` is 0, all have the one that the first was given."""
    doors: list[socket.socket] = []
    for host in hosts:
        try:
            found = cast(list[tuple[Any, ...]], Adjustments(host=host, port=port).listen)  # type: ignore[no-untyped-call]
        except ValueError:
            raise NoSuchHost(f"{host} is no address of this machine") from None
        for family, kind, protocol, address in found:
            wanted = port or (doors[0].getsockname()[1] if doors else 0)
            try:
                doors.append(_door(socket.socket(family, kind, protocol), (address[0], wanted, *address[2:])))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise PortTaken(
                        f"port {wanted} of {host} is in use; end what uses it, or choose another with --port"
                    ) from error
                raise
    return doors


def _door(door: socket.socket, address: tuple[Any, ...]) -> socket.socket:
    if door.family == socket.AF_INET6:
        door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(address)
    door.listen(BACKLOG)
    return door


def _address(hosts: Sequence[str], doors: Sequence[socket.socket]) -> str:
    """The first address, with the port that was opened, which differs from the one asked for if that was 0."""
    host = f"[{hosts[0]}]" if ":" in hosts[0] else hosts[0]
    return f"http://{host}:{doors[0].getsockname()[1]}"


def work(threads: int, ready: Callable[[], None]) -> None:
    """Does due work until SIGTERM or SIGINT."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    _work(threads, stopping.is_set, ready)


def _work(threads: int, told: Told, ready: Callable[[], None] = lambda: None) -> None:
    from nightlight.work.worker import Worker

    os.nice(WORKS_AFTER)
    worker = Worker(threads)
    worker.start()
    _warm_up()
    ready()
    while not told():
        time.sleep(TURN)
    worker.stop(seconds=WORK_ENDS)


def both(
    hosts: Sequence[str], port: int, threads: int, ready: Callable[[str], None], processes: int = 1
) -> None:
    """The web and a worker in one process; with more than one for the web, the worker has its own too."""
    from nightlight.work.worker import Worker

    if processes > 1:
        doors = _listen(hosts, port)
        parts = [*[partial(_answer, doors)] * processes, partial(_work, threads)]
        _each_apart(parts, doors, lambda: ready(_address(hosts, doors)))
        return
    worker = Worker(threads)
    worker.start()
    try:
        web(hosts, port, ready)
    finally:
        worker.stop(seconds=WORK_ENDS)


def _each_apart(
    parts: Sequence[several.Part], doors: Sequence[socket.socket], ready: Callable[[], None]
) -> None:
    """Each part in a process of its own, which finds everything loaded."""
    get_wsgi_application()
    _read_views()
    several.run(parts, doors, ready)


def _warm_up() -> None:
    """Makes hashing and matching ready, beside what is served meanwhile."""
    from nightlight.casebook import upkeep

    def run() -> None:
        upkeep.warm_up()
        _keep_for_good()

    _read_views()
    threading.Thread(target=run, name="warm-up", daemon=True).start()


def _read_views() -> None:
    """Loads every view now, not at the first request."""
    _ = get_resolver().reverse_dict
    _keep_for_good()


def _keep_for_good() -> None:
    """Takes what is loaded by now, which stays until the end, out of what Python's collector walks: it would stop
    everybody for a quarter of a second each time (`gc.freeze`)."""
    gc.collect()
    gc.freeze()
