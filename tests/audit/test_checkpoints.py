"""Checkpoints: signed when it is time, kept in the database and on every machine."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nightlight.audit import checkpoints, sequencer
from nightlight.audit.models import Checkpoint, Tree
from nightlight.audit.tree import Frontier
from nightlight.work import clock


def later(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    """Lets real time be later than it is."""
    now = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: now + span)


def lines(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "checkpoints.log").read_text().splitlines()]


def test_a_checkpoint_is_the_signed_root_of_the_tree(own_home: Path, write: Callable[[int], Any]) -> None:
    write(3)

    made = checkpoints.checkpoint_now()

    tree = Tree.objects.get()
    assert made and made.size == 3
    assert made.root == Frontier.from_json(tree.size, tree.frontier).root().hex()
    assert checkpoints.holds(Checkpoint.objects.get())


@pytest.mark.parametrize(
    ("field", "value"), [("size", 4), ("root", "00" * 32), ("signature", "AAAA"), ("signature", "§")]
)
def test_a_checkpoint_that_was_altered_does_not_hold(
    own_home: Path, write: Callable[[int], Any], field: str, value: object
) -> None:
    write(3)
    made = checkpoints.checkpoint_now()
    assert made

    setattr(made, field, value)

    assert not checkpoints.holds(made)


def test_a_checkpoint_with_another_time_does_not_hold(own_home: Path, write: Callable[[int], Any]) -> None:
    write(1)
    made = checkpoints.checkpoint_now()
    assert made

    made.at += timedelta(seconds=1)

    assert not checkpoints.holds(made)


def test_an_empty_log_has_no_checkpoint(own_home: Path) -> None:
    assert checkpoints.checkpoint_now() is None
    assert not (own_home / "checkpoints.log").exists()


def test_a_tree_that_did_not_grow_keeps_its_checkpoint(own_home: Path, write: Callable[[int], Any]) -> None:
    write(2)
    first = checkpoints.checkpoint_now()

    second = checkpoints.checkpoint_now()

    assert first == second
    assert len(lines(own_home)) == 1


def test_the_next_checkpoint_waits_for_a_minute_of_real_time(
    own_home: Path, write: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(1)
    checkpoints.keep_up()
    write(1)
    checkpoints.keep_up()
    before = Checkpoint.objects.count()

    later(monkeypatch, checkpoints.EVERY)
    checkpoints.keep_up()

    assert (before, Checkpoint.objects.count()) == (1, 2)
    assert [line["size"] for line in lines(own_home)] == [1, 2]


def test_many_entries_do_not_wait_for_the_minute(
    own_home: Path, write: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_ENTRIES", 5)
    write(1)
    checkpoints.keep_up()
    write(4)
    checkpoints.keep_up()
    before = Checkpoint.objects.count()

    write(1)
    checkpoints.keep_up()

    assert (before, Checkpoint.objects.count()) == (1, 2)


def test_a_tree_that_did_not_grow_is_not_signed_again_after_a_minute(
    own_home: Path, write: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(1)
    checkpoints.keep_up()

    later(monkeypatch, timedelta(hours=1))
    checkpoints.keep_up()

    assert Checkpoint.objects.count() == 1


def test_each_machine_copies_what_others_signed(own_home: Path, write: Callable[[int], Any]) -> None:
    for _ in range(3):
        write(1)
        checkpoints.checkpoint_now()
    (own_home / "checkpoints.log").unlink()

    copied = checkpoints.copy_to_home()

    assert copied == 3
    assert [line["size"] for line in lines(own_home)] == [1, 2, 3]


def test_a_line_that_a_crash_left_half_written_is_written_again(
    own_home: Path, write: Callable[[int], Any]
) -> None:
    for _ in range(2):
        write(1)
        checkpoints.checkpoint_now()
    path = own_home / "checkpoints.log"
    path.write_bytes(path.read_bytes()[:-20])

    checkpoints.copy_to_home()

    assert [line["size"] for line in lines(own_home)] == [1, 2]


def test_the_copy_is_for_the_owner_of_the_home_only(own_home: Path, write: Callable[[int], Any]) -> None:
    write(1)

    checkpoints.checkpoint_now()

    assert (own_home / "checkpoints.log").stat().st_mode & 0o077 == 0


def test_the_worker_places_and_signs_beside_its_work(
    own_home: Path, write: Callable[[int], Any], work_until: Callable[..., int]
) -> None:
    write(2)

    work_until()

    assert sequencer.sequence_once() == 0
    assert [line["size"] for line in lines(own_home)] == [2]
