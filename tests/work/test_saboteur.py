"""Without the lease the tests of due work turn red."""

from collections.abc import Callable, Iterator

import pytest

from nightlight.work import due
from nightlight.work.models import Work
from tests.saboteur import turns_red
from tests.work import test_due as held
from tests.work.test_due import tasks as tasks


@pytest.fixture(autouse=True)
def none_done() -> Iterator[None]:
    held.done.clear()
    yield


def test_without_the_lease_two_workers_hold_one_piece_of_work(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "_claimable", lambda: Work.objects.filter(state=Work.State.DUE))

    turns_red(held.test_leased_work_is_not_given_to_another, None)


def test_without_the_name_of_the_lease_whoever_lost_it_records_too(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = due.perform

    def perform(work: Work) -> None:
        """Whoever comes takes the lease for their own."""
        Work.objects.filter(pk=work.pk).update(leased_by=work.leased_by)
        plain(work)

    monkeypatch.setattr(due, "perform", perform)

    turns_red(held.test_a_worker_that_lost_its_lease_records_nothing, None)


def test_without_the_key_the_same_work_is_queued_twice(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = due.enqueue
    monkeypatch.setattr(due, "enqueue", lambda name, key=None, **ids: plain(name, **ids))

    turns_red(held.test_the_same_key_is_queued_once, None)


def test_without_back_off_failed_work_is_taken_again_at_once(
    home: None, monkeypatch: pytest.MonkeyPatch, work_until: Callable[..., int]
) -> None:
    monkeypatch.setattr(due, "MOST_ATTEMPTS", 3)
    monkeypatch.setattr(due, "BACK_OFF", due.BACK_OFF * 0)

    turns_red(held.test_failed_work_waits_and_keeps_only_the_name_of_the_error, None, work_until)
