"""Serving: the web in the main thread, the worker beside it, and an end within ten seconds of SIGTERM."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

log = logging.getLogger(__name__)

THREADS = 8
LARGEST_BODY = 4 * 1024 * 1024


def web(host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serves pages until SIGTERM or SIGINT; calls `ready` with the address once the port is open.

    Raises OSError if the port is taken.
    """
    server: Any = create_server(  # type: ignore[no-untyped-call]
        get_wsgi_application(),
        host=host,
        port=port,
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        ident=None,
        clear_untrusted_proxy_headers=False,
    )
    stopping = threading.Event()

    def stop(*_: object) -> None:
        if stopping.is_set():
            os._exit(0)
        stopping.set()
        server.close()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _warm_up()
    ready(f"http://{host}:{server.effective_port}")
    try:
        server.run()
    except (SystemExit, OSError):
        if not stopping.is_set():
            raise
    finally:
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=2)


def work(threads: int, ready: Callable[[], None]) -> None:
    """Does due work until SIGTERM or SIGINT."""
    from nightlight.work.worker import Worker

    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    worker = Worker(threads)
    worker.start()
    _warm_up()
    ready()
    while not stopping.wait(1):
        continue
    worker.stop()


def both(host: str, port: int, threads: int, ready: Callable[[str], None]) -> None:
    """The web and a worker in one process."""
    from nightlight.work.worker import Worker

    worker = Worker(threads)
    worker.start()
    try:
        web(host, port, ready)
    finally:
        worker.stop(seconds=6)


def _warm_up() -> None:
    """Makes hashing and matching ready, beside what is served meanwhile."""
    from nightlight.casebook import upkeep

    threading.Thread(target=upkeep.warm_up, name="warm-up", daemon=True).start()
