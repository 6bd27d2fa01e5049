"""Uniform borders are cut off, and nothing else is."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nightlight.bench.transforms import padded
from nightlight.fingerprint.trim import LEAST_PIXELS, LEAST_SHARE, Box, trimmed
from tests.fingerprint.scenes import Pixels, scene

COLOURS = [(0, 0, 0), (255, 255, 255), (127, 127, 127), (200, 30, 40), (3, 60, 250)]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    ("left", "top", "right", "bottom"),
    [(0, 0.2, 0, 0.2), (0.3, 0, 0.3, 0), (0.1, 0.1, 0.1, 0.1), (0, 0, 0.15, 0), (0.05, 0.4, 0.2, 0.01)],
    ids=["letterbox", "pillarbox", "frame", "one side", "uneven"],
)
def test_a_border_of_one_colour_is_cut_off_to_the_pixel(
    left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]
) -> None:
    picture = scene(1)
    bordered = padded(picture, left, top, right, bottom, colour)

    box = trimmed(bordered)

    assert box is not None
    assert np.array_equal(box.of(bordered), picture)


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_a_border_is_cut_off_within_a_few_pixels_after_jpeg(quality: int) -> None:
    picture = scene(2)
    encoded = io.BytesIO()
    Image.fromarray(padded(picture, 0.1, 0.2, 0.1, 0.2, (30, 40, 60))).save(encoded, "JPEG", quality=quality)
    bordered = np.asarray(Image.open(encoded))

    box = trimmed(bordered)

    assert box is not None
    true = Box(48, 72, 48 + 480, 72 + 360)
    sides = [(box.left, true.left), (box.top, true.top), (box.right, true.right), (box.bottom, true.bottom)]
    assert all(abs(found - meant) <= 4 for found, meant in sides)


def test_each_side_may_have_a_colour_of_its_own() -> None:
    picture = scene(3)
    bordered = padded(padded(picture, 0, 0.1, 0, 0, (255, 255, 255)), 0, 0, 0, 0.1, (10, 90, 10))

    box = trimmed(bordered)

    assert box is not None
    assert np.array_equal(box.of(bordered), picture)


def test_a_picture_without_a_border_is_left_alone() -> None:
    picture = scene(4)

    box = trimmed(picture)

    assert box is None


@pytest.mark.parametrize("colour", COLOURS)
def test_a_flat_picture_is_left_alone(colour: tuple[int, int, int]) -> None:
    flat = np.full((200, 300, 3), colour, np.uint8)

    box = trimmed(flat)

    assert box is None


def test_a_speck_on_a_flat_picture_does_not_become_the_picture() -> None:
    flat = np.zeros((400, 400, 3), np.uint8)
    flat[190:210, 190:210] = 255

    box = trimmed(flat)

    assert box is None


@given(
    st.integers(1, 120),
    st.integers(1, 120),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 2, 40, 256]),
)
@settings(max_examples=150, deadline=None)
def test_what_remains_lies_inside_and_is_never_too_little(
    height: int, width: int, seed: int, levels: int
) -> None:
    pixels: Pixels = np.random.default_rng(seed).integers(0, levels, (height, width, 3), np.uint8)
    bordered = padded(pixels, 0.3, 0.1, 0.2, 0.5)

    box = trimmed(bordered)

    if box is not None:
        assert 0 <= box.left < box.right <= bordered.shape[1]
        assert 0 <= box.top < box.bottom <= bordered.shape[0]
        assert box.width >= max(LEAST_PIXELS, bordered.shape[1] // LEAST_SHARE)
        assert box.height >= max(LEAST_PIXELS, bordered.shape[0] // LEAST_SHARE)
        assert (box.width, box.height) != (bordered.shape[1], bordered.shape[0])
