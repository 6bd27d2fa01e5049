"""What a worker does beside its work: each second of real time, one failure holding up no other."""

import threading

import pytest

from nightlight.audit import checkpoints, log
from nightlight.audit.models import Leaf
from nightlight.work import worker
from nightlight.work.home import establish
from nightlight.work.models import Home


def test_the_log_is_kept_beside_the_work() -> None:
    assert checkpoints.keep_up in worker.beside


@pytest.mark.django_db(transaction=True)
def test_a_running_worker_places_entries_although_a_neighbour_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    establish(Home.Kind.REHEARSAL)
    log.record("test.act", by="system")
    done = threading.Event()

    def fails() -> None:
        raise RuntimeError

    monkeypatch.setattr(worker, "beside", [fails, *worker.beside, done.set])
    monkeypatch.setattr(worker, "BESIDE_SECONDS", 0.05)
    working = worker.Worker(threads=1)
    working.start()
    came = done.wait(60)
    working.stop(60)
    for thread in [*working._threads, working._beside]:
        thread.join()  # what still ran would write into the next test

    assert came
    assert Leaf.objects.exists()
