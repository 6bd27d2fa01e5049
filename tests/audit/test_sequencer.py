"""Entries get their places from one sequencer, without gaps, however many ask at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from nightlight.audit import log, sequencer
from nightlight.audit.models import Entry, Leaf, Pending, Tree
from nightlight.audit.tree import Frontier, root_of


def _root() -> bytes:
    return root_of(
        bytes.fromhex(found) for found in Leaf.objects.order_by("seq").values_list("hash", flat=True)
    )


def test_every_entry_gets_its_place_in_order_and_without_gaps(
    home: None, write: Callable[[int], list[Entry]]
) -> None:
    entries = write(5)

    placed = sequencer.sequence_once()

    leaves = list(Leaf.objects.order_by("seq").values_list("seq", "entry_id"))
    assert placed == 5
    assert leaves == list(enumerate(sorted(entry.pk for entry in entries)))
    assert Pending.objects.count() == 0


def test_the_tree_goes_on_where_it_was(home: None, write: Callable[[int], list[Entry]]) -> None:
    write(3)
    sequencer.sequence_once()
    write(4)

    sequencer.sequence_once()

    tree = Tree.objects.get()
    assert tree.size == 7
    assert len(tree.frontier) == 3
    assert Frontier.from_json(tree.size, tree.frontier).root() == _root()


def test_many_entries_are_placed_in_several_transactions(
    home: None, write: Callable[[int], list[Entry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 4)
    write(10)

    placed = sequencer.sequence_once()

    assert (placed, Tree.objects.get().size) == (10, 10)


def test_nothing_pending_changes_nothing(home: None) -> None:
    assert sequencer.sequence_once() == 0
    assert not Leaf.objects.exists()


def test_a_pending_id_without_its_entry_holds_nothing_up(
    home: None, write: Callable[[int], list[Entry]]
) -> None:
    Pending.objects.create(entry_id="00000000-0000-7000-8000-000000000000")
    write(2)

    placed = sequencer.sequence_once()

    assert (placed, Pending.objects.count()) == (2, 1)


def test_the_worker_places_what_its_work_recorded(home: None, work_until: Callable[..., int]) -> None:
    log.record("test.act", by="system")

    work_until()

    assert Leaf.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_give_each_entry_one_place() -> None:
    errors: list[BaseException] = []
    start = threading.Barrier(3)

    def act(what: Callable[[], Any]) -> None:
        try:
            start.wait()
            for _ in range(12):
                what()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=(sequencer.sequence_once,)),
        threading.Thread(target=act, args=(sequencer.sequence_once,)),
        threading.Thread(target=act, args=(lambda: log.record("test.act", by="system"),)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequencer.sequence_once()

    assert errors == []
    assert list(Leaf.objects.order_by("seq").values_list("seq", flat=True)) == list(range(12))
    tree = Tree.objects.get()
    assert Frontier.from_json(tree.size, tree.frontier).root() == _root()
