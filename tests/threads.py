"""Acts done at the same moment, each in a thread of its own as in a process that serves many."""

import threading
from collections.abc import Callable

from django.db import connections


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Does them all, begun together, and gives back what any of them raised once all have ended; each closes the
    database connections it opened."""
    start, raised = threading.Barrier(len(acts)), list[Exception]()

    def do(act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
