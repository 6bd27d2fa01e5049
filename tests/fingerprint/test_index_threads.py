"""Many search while one writes: each search sees the index as it was at one moment, never something in between."""

import threading
from collections.abc import Callable

import numpy as np
import pytest

from nightlight.fingerprint import index as index_module
from nightlight.fingerprint.index import Index
from nightlight.fingerprint.levels import Level
from tests.fingerprint.codes import Codes, random_codes

BATCH = 20
CODE = random_codes(1, 9)
OTHERS = random_codes(BATCH, 10)


def while_writing(write: Callable[[], None], look: Callable[[], object], readers: int = 3) -> list[object]:
    """Look again and again in several threads while `write` runs, and once more after it; give what was seen."""
    seen: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(look())
        seen.append(look())

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        write()
    finally:
        done.set()
    for thread in threads:
        thread.join()
    return seen


def test_rows_added_together_are_seen_together() -> None:
    index = Index(capacity=64)

    def write() -> None:
        for number in range(100):
            index.add(range(number * BATCH, (number + 1) * BATCH), np.repeat(CODE, BATCH, axis=0))

    seen = while_writing(write, lambda: len(index.search(CODE)))

    index.settle()
    assert {int(str(count)) % BATCH for count in seen} == {0}
    assert len(index.search(CODE)) == 100 * BATCH


def test_ids_removed_together_are_gone_together_and_what_stays_never_flickers() -> None:
    index = Index(capacity=64)
    codes = np.concatenate([np.repeat(CODE, BATCH, axis=0), OTHERS])

    def write() -> None:
        for number in range(60):
            first = 1000 + number * 2 * BATCH
            index.add(range(first, first + 2 * BATCH), codes)
            index.remove(range(first, first + BATCH))

    index.add([0], CODE)
    seen = while_writing(write, lambda: index.search(CODE).id.tolist())

    index.settle()
    assert {len(ids) for ids in seen if isinstance(ids, list)} <= {1, BATCH + 1}
    assert all(isinstance(ids, list) and ids[0] == 0 for ids in seen)
    assert index.search(CODE).id.tolist() == [0]
    assert len(index) == 1 + 60 * BATCH


def test_rows_removed_while_their_levels_are_sorted_together_do_not_come_back() -> None:
    index = Index(capacity=32)
    codes = random_codes(4000, 1)

    for start in range(0, 4000, 100):
        index.add(range(start, start + 100), codes[start : start + 100])
        index.remove(range(start, start + 100, 2))
    index.settle()

    assert index.search(codes).id.tolist() == list(range(1, 4000, 2))


def test_a_snapshot_stays_as_it_was_while_another_thread_writes() -> None:
    index = Index(capacity=32)
    index.add(range(100), random_codes(100, 3))
    index.label(5, "A")
    snapshot = index.snapshot()

    def write() -> None:
        index.remove(range(0, 100, 2))
        for number in range(50):
            index.add([1000 + number] * 10, np.repeat(random_codes(1, 3), 10, axis=0))
            index.label(5, str(number))

    seen = while_writing(
        write, lambda: (snapshot.search(random_codes(100, 3)).id.tolist(), snapshot.labels(5)), readers=2
    )

    index.settle()
    assert all(found == (list(range(100)), "A") for found in seen)
    assert index.labels(5) == "49"


def test_writers_from_several_threads_lose_nothing() -> None:
    index = Index(capacity=32)
    codes = random_codes(900, 4)

    def write(part: int) -> None:
        for row in range(part, 900, 3):
            index.add([row], codes[row])

    threads = [threading.Thread(target=write, args=(part,)) for part in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    index.settle()

    assert index.search(codes).id.tolist() == list(range(900))


def test_sorting_that_fails_is_told_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    index, codes = Index(capacity=4), random_codes(40, 5)

    def fail(*anything: object) -> None:
        raise MemoryError("no room to sort")

    with monkeypatch.context() as broken:
        broken.setattr(index_module, "merged", fail)
        add_one_by_one(index, codes)
        with pytest.raises(MemoryError, match="no room to sort"):
            index.settle()

    assert index.search(codes).id.tolist() == list(range(40))
    index.settle()
    assert index.search(codes).id.tolist() == list(range(40))
    assert len(index._state.full) < 4


def test_rows_removed_just_while_they_are_sorted_stay_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    index, codes = Index(capacity=4), random_codes(12, 1)
    plain = index_module.merged

    def removed_meanwhile(key: int, sources: list[Level], threads: int = 1) -> object:
        made = plain(key, sources, threads)
        index.remove([0])
        return made

    monkeypatch.setattr(index_module, "merged", removed_meanwhile)
    add_one_by_one(index, codes)
    index.settle()

    assert index.search(codes).id.tolist() == list(range(1, 12))


def add_one_by_one(index: Index, codes: Codes) -> None:
    for row, code in enumerate(codes):
        index.add([row], code)
