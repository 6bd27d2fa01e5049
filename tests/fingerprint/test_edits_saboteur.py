"""Without the grid, the trimming or the symmetries the tests of seeing through edits turn red."""

from collections.abc import Callable

import pytest

from nightlight.fingerprint import edits
from nightlight.fingerprint.pdq import eight, pdq
from tests.fingerprint import test_edits as held
from tests.saboteur import turns_red


@pytest.mark.parametrize(
    "test",
    [
        held.test_a_crop_of_five_per_cent_is_seen_through,
        held.test_a_turn_of_four_degrees_is_seen_through,
        held.test_a_turn_onto_white_is_seen_through,
        held.test_a_mirrored_crop_is_named_by_both_words,
    ],
)
def test_without_the_grid_crops_and_turns_are_not_seen_through(
    monkeypatch: pytest.MonkeyPatch, test: Callable[[], None]
) -> None:
    monkeypatch.setattr(held, "grid", lambda seed: edits.grid(seed)[:2])

    turns_red(test)


@pytest.mark.parametrize(
    "test", [held.test_a_letterbox_is_seen_through, held.test_two_frames_of_two_colours_are_seen_through]
)
def test_without_trimming_borders_are_not_seen_through(
    monkeypatch: pytest.MonkeyPatch, test: Callable[[], None]
) -> None:
    monkeypatch.setattr(edits, "trimmed", lambda pixels: None)

    turns_red(test)


def test_without_the_symmetries_a_mirrored_crop_is_not_seen_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "eight", lambda pixels, mode: {"as_is": eight(pixels, mode)["as_is"]})
    monkeypatch.setattr(edits, "eight_of_buffer", lambda buffer: {"as_is": edits.of_buffer(buffer)})

    turns_red(held.test_a_mirrored_crop_is_named_by_both_words)


def test_without_a_radius_another_picture_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "RADIUS", 140)

    turns_red(held.test_another_picture_is_not_found)


def test_with_another_first_look_the_pictures_own_hash_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "looks", lambda pixels: [("as_is", pdq(pixels[:, ::-1]))])

    turns_red(held.test_the_first_look_is_the_pictures_own_hash_and_its_symmetries_are_among_them)
