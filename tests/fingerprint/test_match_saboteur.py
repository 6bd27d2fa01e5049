"""Without what makes the index exact and safe, its tests turn red."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nightlight.fingerprint import index as index_module
from nightlight.fingerprint import ring, saved
from nightlight.fingerprint.index import Index
from nightlight.fingerprint.levels import Level
from tests.fingerprint import test_index_threads, test_ring, test_saved
from tests.fingerprint.codes import random_codes
from tests.saboteur import turns_red

plain = ring.thresholds


@pytest.mark.parametrize("radius", [16, 24, 31])
def test_one_error_less_in_a_chunk_and_its_follower_misses_codes_on_the_edge(
    monkeypatch: pytest.MonkeyPatch, radius: int
) -> None:
    monkeypatch.setattr(ring, "thresholds", lambda radius: (plain(radius)[0], plain(radius)[1] - 1))

    turns_red(test_ring.test_errors_spread_as_unkindly_as_possible_are_found_on_the_edge, radius, 0)


@pytest.mark.parametrize("radius", [16, 31])
def test_one_error_less_in_a_chunk_misses_codes_on_the_edge(
    monkeypatch: pytest.MonkeyPatch, radius: int
) -> None:
    monkeypatch.setattr(ring, "thresholds", lambda radius: (plain(radius)[0] - 1, plain(radius)[1]))

    turns_red(test_ring.test_errors_spread_as_unkindly_as_possible_are_found_on_the_edge, radius, 0)


def test_written_in_place_a_file_is_lost_with_its_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_place(path: Path, about: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
        with path.open("wb") as file:
            saved._write(file, about, arrays)
        os.replace(path, path)  # noqa: PTH105

    index = Index(7)
    index.add(range(100), random_codes(100, 1))
    index.save(tmp_path / "index")
    monkeypatch.setattr(saved, "write", in_place)

    with monkeypatch.context() as disk:
        turns_red(
            test_saved.test_a_disk_that_fails_leaves_the_old_index_and_nothing_else,
            tmp_path / "index",
            disk,
        )


def test_tombstones_that_are_changed_in_place_reach_into_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_without = Level.without

    def in_place(level: Level, rows: Any) -> Level:
        changed = plain_without(level, rows)
        object.__setattr__(level, "dead", changed.dead)
        return changed

    monkeypatch.setattr(Level, "without", in_place)

    turns_red(test_index_threads.test_a_snapshot_stays_as_it_was_while_another_thread_writes)


def test_removals_that_are_forgotten_while_levels_are_sorted_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forgetful(self: Index, sources: list[Level], level: Level, kept: object) -> None:
        keys = {source.key for source in sources}
        still = [one for one in self._state.full if one.key not in keys]
        self._state = index_module.State((*still, level), self._state.open, self._state.writes)

    monkeypatch.setattr(Index, "_replace", forgetful)

    turns_red(test_index_threads.test_rows_removed_just_while_they_are_sorted_stay_removed, monkeypatch)
