"""Seeing through edits: what is found, by which words, and that nothing picture-like makes it fail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nightlight.bench import transforms as change
from nightlight.fingerprint import edits
from nightlight.fingerprint.edits import Edit, derive, grid, looks, via
from nightlight.fingerprint.pdq import MIN_QUALITY, Mode, Pdq, eight, pdq
from tests.fingerprint.scenes import Pixels, bits_apart, scene

SEED = bytes(range(16))
RADIUS = 31
SCENES = range(12)


def found(edited: Pixels, original: Pixels, seed: bytes = SEED) -> str:
    """By which way the edited picture is known as the original, `""` if it is not."""
    lines = grid(seed)
    entries = [(0, pdq(original)), *derive(original, lines)]
    distances = [
        (bits_apart(look, entry), via(words, tag, lines))
        for words, look in looks(edited)
        for tag, entry in entries
    ]
    nearest, way = min(distances)
    return way if nearest <= RADIUS else ""


def recall(edit: change.Transform) -> tuple[float, float]:
    """The share of scenes that are known again, plainly and through edits."""
    pairs = [(edit.change(scene(n), n), scene(n)) for n in SCENES]
    plain = sum(bits_apart(pdq(edited), pdq(original)) <= RADIUS for edited, original in pairs)
    return plain / len(pairs), sum(bool(found(*pair)) for pair in pairs) / len(pairs)


@pytest.mark.parametrize("edit", change.TRANSFORMS, ids=lambda edit: edit.name)
def test_every_edit_is_seen_through_as_often_as_it_must_and_no_less_than_plainly(
    edit: change.Transform,
) -> None:
    plain, reached = recall(edit)

    assert reached >= max(plain, edit.least or 0)


def test_a_crop_of_five_per_cent_is_seen_through() -> None:
    original = scene(0)
    edited = change.cropped(original, 0.05, 0.05, 0.05, 0.05)

    way = found(edited, original)

    assert bits_apart(pdq(edited), pdq(original)) > RADIUS
    assert way.startswith("cropped")


def test_a_turn_of_four_degrees_is_seen_through() -> None:
    original = scene(0)
    edited = change.rotated(original, 4)

    way = found(edited, original)

    assert bits_apart(pdq(edited), pdq(original)) > RADIUS
    assert way.startswith("tilted_right_filled")


def test_a_turn_onto_white_is_seen_through() -> None:
    original = scene(0)
    edited = change.rotated(original, -4, (255, 255, 255))

    way = found(edited, original)

    assert way.startswith("blackened+tilted_left_filled")


def test_a_letterbox_is_seen_through() -> None:
    original = scene(0)
    edited = change.padded(original, 0, 0.2, 0, 0.2)

    way = found(edited, original)

    assert bits_apart(pdq(edited), pdq(original)) > RADIUS
    assert way == "trimmed"


def test_two_frames_of_two_colours_are_seen_through() -> None:
    original = scene(0)
    inner = change.padded(original, 0.1, 0.1, 0.1, 0.1, (250, 250, 250))
    edited = change.padded(inner, 0, 0.2, 0, 0.2)

    way = found(edited, original)

    assert way == "trimmed_twice"


def test_an_entry_with_borders_is_found_by_the_picture_without() -> None:
    edited = scene(0)
    original = change.padded(edited, 0.2, 0.1, 0.2, 0.1, (90, 90, 90))

    way = found(edited, original)

    assert way == "bordered"


def test_a_mirrored_crop_is_named_by_both_words() -> None:
    original = scene(0)
    edited = np.ascontiguousarray(change.cropped(original, 0.05, 0.05, 0.05, 0.05)[:, ::-1])

    way = found(edited, original)

    assert way.startswith("mirrored+cropped")


def test_a_picture_as_it_is_is_found_as_it_is() -> None:
    original = scene(0)

    way = found(original, original)

    assert way == "as_is"


def test_another_picture_is_not_found() -> None:
    ways = [found(scene(n), scene(n + 1)) for n in SCENES]

    assert ways == [""] * len(SCENES)


def test_the_first_look_is_the_pictures_own_hash_and_its_symmetries_are_among_them() -> None:
    picture = scene(5)

    asked = looks(picture)

    assert asked[0] == ("as_is", pdq(picture))
    assert set(eight(picture).items()) <= set(asked)


def test_other_modes_are_looked_up_under_their_name() -> None:
    picture = scene(6, 800, 600)

    asked = looks(picture, (Mode.FULL, Mode.CPP))

    assert ("cpp", pdq(picture, Mode.CPP)) in asked
    assert ("cpp+mirrored", eight(picture, Mode.CPP)["mirrored"]) in asked


def test_a_view_equals_the_hash_of_the_edited_picture_within_a_few_bits() -> None:
    picture = scene(7, 1280, 960)
    crop = Edit("crop", left=0.03, top=0.05, right=0.01, bottom=0.02)

    [(tag, view)] = derive(picture, (crop,))

    assert tag == 1
    assert bits_apart(view, pdq(change.cropped(picture, 0.03, 0.05, 0.01, 0.02))) <= 10


def test_a_flat_picture_gives_no_entries_and_one_look() -> None:
    flat = np.full((300, 400, 3), 77, np.uint8)

    entries, asked = derive(flat, grid(SEED)), looks(flat)

    assert entries == []
    assert [words for words, _ in asked] == ["as_is"]


def test_an_unknown_tag_is_still_named() -> None:
    assert via("as_is", 99, grid(SEED)[:3]) == "edit_99"


@given(
    arrays.arrays(
        dtype=st.one_of(
            arrays.unsigned_integer_dtypes(),
            arrays.integer_dtypes(),
            arrays.floating_dtypes(),
            arrays.boolean_dtypes(),
            arrays.complex_number_dtypes(),
        ),
        shape=arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=40),
        fill=st.nothing(),
    )
)
@settings(max_examples=100, deadline=None)
def test_any_array_ends_with_an_answer(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
    entries, asked = derive(array, grid(SEED)), looks(array)

    assert all(hashed.quality >= MIN_QUALITY for _, hashed in entries)
    assert all(hashed.quality >= MIN_QUALITY for _, hashed in asked[1:])


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_any_size_ends_with_an_answer(height: int, width: int, seed: int) -> None:
    noise: Pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)

    entries, asked = derive(noise, grid(SEED)), looks(noise)

    assert len(entries) <= len(grid(SEED))
    assert asked[0][0] == edits.AS_IS
    assert all(isinstance(hashed, Pdq) and len(hashed.hex) == 64 for _, hashed in asked)


@pytest.mark.parametrize("shape", [(1, 5000, 3), (5000, 1, 3), (2, 2, 3), (64, 64, 3), (17, 4001, 3)])
def test_extreme_proportions_end_with_an_answer(shape: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)

    entries, asked = derive(noise, grid(SEED)), looks(noise)

    assert asked
    assert all(1 <= tag <= len(grid(SEED)) for tag, _ in entries)


def test_faint_pictures_turned_alike_are_not_taken_for_each_other() -> None:
    faint = [(170 + 0.3 * (scene(n).astype(np.float32) - 128)).clip(0, 255).astype(np.uint8) for n in SCENES]
    one, *others = (change.rotated(picture, 4) for picture in faint)

    ways = [found(one, original) for original in faint[1:]] + [found(other, faint[0]) for other in others]

    assert ways == [""] * (2 * len(SCENES) - 2)


@pytest.mark.parametrize("seed", [b"\0" * 16, b"\1" * 16, b"\2" * 16, b"\xff" * 16])
def test_whatever_the_seed_the_middle_between_nominal_steps_is_seen_through(seed: bytes) -> None:
    original = scene(3)
    between = [change.cropped(original, share, share, share, share) for share in (0.012, 0.025, 0.037, 0.062)]

    ways = [found(edited, original, seed) for edited in between]

    assert all(ways)
