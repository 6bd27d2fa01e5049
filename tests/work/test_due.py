"""Due work: claimed once, done once, given back on failure, and never finished by who lost it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from nightlight.work import clock, due
from nightlight.work.models import Work

done: list[str] = []


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Real time: what failed must still wait when a slow machine looks again.
    monkeypatch.setattr(due, "BACK_OFF", timedelta(hours=1))
    due.task("test.note")(_note)
    due.task("test.fails")(_fails)
    due.outward("test.outward")(_outward)
    done.clear()
    yield
    for name in ("test.note", "test.fails", "test.outward"):
        due.TASKS.pop(name)


def _note(word: str) -> None:
    done.append(word)


def _fails() -> None:
    raise ValueError("secret text")


def _outward(word: str) -> Callable[[], None]:
    return lambda: done.append(word)


def test_due_work_is_done_once_and_its_row_is_gone(home: None, work_until: Callable[..., int]) -> None:
    due.enqueue("test.note", word="a")
    due.enqueue("test.outward", word="b")

    count = work_until()

    assert (count, sorted(done), Work.objects.count()) == (2, ["a", "b"], 0)


def test_what_is_urgent_is_done_before_what_was_due_long_before_it(
    home: None, work_until: Callable[..., int]
) -> None:
    due.enqueue("test.note", word="long due", due=clock.now() - timedelta(hours=1))
    due.enqueue("test.note", word="second", urgent=True)
    due.enqueue("test.note", word="first", urgent=True, due=clock.now() - timedelta(minutes=1))
    due.enqueue("test.note", word="not yet", urgent=True, due=clock.now() + timedelta(hours=1))

    work_until()

    assert done == ["first", "second", "long due"]


def test_work_that_no_task_knows_holds_up_nothing_and_is_given_up(
    home: None, work_until: Callable[..., int]
) -> None:
    unknown = Work.objects.create(task="os.system", due=clock.now() - timedelta(hours=1))
    due.enqueue("test.note", word="a")

    work_until()
    for _ in range(due.MOST_ATTEMPTS):
        Work.objects.filter(pk=unknown.pk).update(not_before=None)
        work_until()

    unknown.refresh_from_db()
    assert done == ["a"]
    assert (unknown.state, unknown.last_error) == (Work.State.DEAD, "KeyError")


def test_work_is_not_done_before_it_is_due(home: None, work_until: Callable[..., int]) -> None:
    due.enqueue("test.note", word="later", due=clock.now() + timedelta(hours=1))

    work_until()

    assert done == []


def test_a_jumping_clock_goes_to_the_next_due_moment(home: None, work_until: Callable[..., int]) -> None:
    start = clock.now()
    due.enqueue("test.note", word="later", due=start + timedelta(hours=1))

    work_until(start + timedelta(hours=2))

    assert done == ["later"]
    assert clock.now() == start + timedelta(hours=2)


def test_time_stands_while_work_is_due(home: None) -> None:
    due.enqueue("test.note", word="now")
    due.enqueue("test.note", word="later", due=clock.now() + timedelta(hours=1))

    moved = clock.jump()

    assert not moved


def test_upkeep_does_not_pull_a_jumping_clock(home: None) -> None:
    due.enqueue("test.note", word="upkeep", due=clock.now() + timedelta(hours=1), pulls_clock=False)

    moved = clock.jump()

    assert not moved


def test_the_same_key_is_queued_once(home: None) -> None:
    first = due.enqueue("test.note", key="once", word="a")

    second = due.enqueue("test.note", key="once", word="b")

    assert first.pk == second.pk


def test_failed_work_waits_and_keeps_only_the_name_of_the_error(
    home: None, work_until: Callable[..., int]
) -> None:
    due.enqueue("test.fails")

    work_until()

    work = Work.objects.get()
    assert work.last_error == "ValueError"
    assert work.not_before and work.not_before > clock.real_now()
    assert due.claim("other") is None


def test_work_that_keeps_failing_is_dead_and_can_be_revived(home: None) -> None:
    due.enqueue("test.fails")
    Work.objects.update(attempts=due.MOST_ATTEMPTS - 1)
    work = due.claim("w")
    assert work
    due.fail(work, ValueError())

    dead = Work.objects.get().state
    revived = due.revive(work.pk)

    assert (dead, revived, Work.objects.get().state) == (Work.State.DEAD, True, Work.State.DUE)


def test_leased_work_is_not_given_to_another(home: None) -> None:
    due.enqueue("test.note", word="a")

    first, second = due.claim("one"), due.claim("two")

    assert first and second is None


def test_a_worker_that_lost_its_lease_records_nothing(home: None) -> None:
    due.enqueue("test.note", word="a")
    slow = due.claim("slow")
    assert slow
    Work.objects.update(leased_until=clock.real_now() - timedelta(seconds=1))
    fresh = due.claim("fresh")
    assert fresh

    with pytest.raises(due.LostLease):
        due.perform(slow)
    due.perform(fresh)

    assert done == ["a"]


def test_late_upkeep_runs_once(home: None, work_until: Callable[..., int]) -> None:
    due.every(timedelta(hours=1), "test.hourly")(lambda: done.append("tick"))
    due.ensure_schedules()
    work_until()
    clock.run(clock.now() + timedelta(days=3), None)
    done.clear()

    work_until()

    due.TASKS.pop("test.hourly")
    assert done == ["tick"]
