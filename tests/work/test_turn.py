"""The public door goes before the worker where the database has one writer."""

import fcntl
import os

import pytest
from django.conf import settings
from django.db import connection

from nightlight.work import due, turn
from nightlight.work.worker import Worker


def begins() -> bool:
    """Whether a worker of another process would begin something now."""
    descriptor = os.open(settings.NIGHTLIGHT.home / turn.FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_no_worker_begins_anything_while_the_door_writes(home: None) -> None:
    with turn.first():
        during = begins()
    after = begins()

    assert during == (connection.vendor != "sqlite")
    assert after


def test_a_door_that_fails_leaves_the_way_free(home: None) -> None:
    with pytest.raises(RuntimeError), turn.first():
        raise RuntimeError
    turn.give_way()

    assert begins()


def test_a_worker_gives_way_before_it_looks_for_work_and_before_it_does_it(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, seen = Worker(), []
    monkeypatch.setattr(turn, "give_way", lambda: seen.append("gives way"))
    monkeypatch.setattr(due, "claim_all", lambda _name: seen.append("claims") or [object()])

    def does(_work: object) -> None:
        seen.append("does")
        worker._stop.set()

    monkeypatch.setattr(worker, "_do", does)
    monkeypatch.setattr("nightlight.work.worker.connection.close", lambda: None)
    monkeypatch.setattr("nightlight.work.worker.close_old_connections", lambda: None)
    worker._loop()

    assert seen == ["gives way", "claims", "gives way", "does"]
