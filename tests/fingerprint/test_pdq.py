"""PDQ: the same bits as the peers, whatever the picture and its size, and the eight turned and mirrored forms."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from nightlight.fingerprint import pdq as room
from nightlight.fingerprint.pdq import Mode, Pdq, buffer64, eight, of_buffer, pdq
from tests.fingerprint import drawings
from tests.fingerprint.drawings import Pixels, grain, hills

REFERENCE = Path(__file__).parents[1] / "data" / "pdq"
# Those under 400 kB of the reference pictures: hashed by pdqhash 0.2.8, and by Meta's C++ tool.
ROWS = list(csv.DictReader((REFERENCE / "pdq.csv").open()))

# What pdqhash 0.2.8 gives for our own drawings.
PEER = [
    ("hills", 5, 5, "3e0f3e0fc1f0c1f0695a94a56c1b6b5a96a53e0f3e0f3e0fc1f0c1f0695a94a5", 100),
    ("hills", 5, 300, "40e3420b3f1cb9b4ff5bc70bc5db38f400a4464b40e3420b3f1cb9b4ff5bc70b", 100),
    ("hills", 63, 65, "11fe3b4c7a3c207c00f803cf03da03cf015a3ff00e243e703c3eff30fe03ff93", 100),
    ("hills", 64, 64, "01feab4c787c236c007883ecc3d9038f055a3ff01e243e703e24ff30fe03ff93", 100),
    ("hills", 120, 160, "81dfeb4c707c226c00f803cc07d9030f155afff03ea43e70383cfe30fe07ef13", 100),
    ("hills", 512, 512, "a97cfa4c407c026c00f803cf83db030f555abff03c243e703c2cfe30fe07ff93", 100),
    ("hills", 720, 1280, "297dfa4c507c026c00f883cf83db030f555abff01c243e703c24fe30fe07ff93", 100),
    ("hills", 1500, 2000, "297dfa4c507c026c00f883cf83db030f555abff01c243e703c24fe30fe07ff93", 100),
    ("grain", 5, 5, "91a42c8d6e5bcb72c4f16e5b91a491a46e5b348d91a42c8d6e5bcb7294a56e5b", 100),
    ("grain", 5, 300, "c45c93413ba16cbe31cadfdd655a2022cea59341c45c93413ba16cbe31cadfdd", 100),
    ("grain", 63, 65, "aad37ccb3825e65706133f1472c27a4f5460c1136995dd684aa7fc5d7699e10b", 100),
    ("grain", 64, 64, "017fac1c3361e6b94c827f6357ff791a56d95bda678a223b38dc380154a1aa0d", 100),
    ("grain", 120, 160, "028e9457154f6154a1ac945c38f0255592fb73433b642a0f7f1f3ff95f6e007a", 100),
    ("grain", 512, 512, "1d72ce1b5b2903b18a5508fb62759a19dc665d2ff78cc06105ecaa5b7212bfb1", 100),
    ("grain", 720, 1280, "e9879362a5b67b3022c4fbbf512d5b51fd0d070994d1f6b4ac418c67a5a16d1a", 100),
]
PEER_EIGHT = {  # compute_dihedral of hills(200, 300)
    "as_is": "a97cfa5c407c026c00f803cf83db030f555abff01c243e703c2cfe30fe07ff93",
    "rotated_90": "c6479f78c05f9f00c07fff005757783e0e41012fb87c152aff880ad50783f8fc",
    "rotated_180": "fc2950f655a9a8c6d5ada965d68ea9a5000f555a497194da6979549aabd65539",
    "rotated_270": "9f127fd2950a75aa952a55aa0202d2947b16ab85ed29ff80aadda07f52d6d256",
    "flipped": "a97d55b350fcfd93c0f8fc30c3dbfcf0555a400f1c24c18f3c2c01cffe87006c",
    "mirrored": "fc29af090529573955add69ad68e565a000feaa549716b256979ab65ab52aac6",
    "transposed": "c2476087c05f40ffc07f00ff575787c10e41fed0b87cead5ff88f52a07830703",
    "transversed": "9f12ea6d950aea55952aaa5502022d6b7b16547aed29407faadd5f8252d6ada9",
}


def _distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.CPP])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_every_reference_picture_has_the_reference_s_bits_and_quality(
    row: dict[str, str], mode: Mode
) -> None:
    pixels = np.asarray(Image.open(REFERENCE / row["file"]).convert("RGB"))

    found = pdq(pixels, mode)

    assert found == Pdq(row[f"pdq_{mode}"], int(row[f"quality_{mode}"]))


@pytest.mark.parametrize(("draw", "height", "width", "bits", "quality"), PEER)
def test_our_drawings_have_the_bits_that_pdqhash_gives(
    draw: str, height: int, width: int, bits: str, quality: int
) -> None:
    pixels = getattr(drawings, draw)(height, width)

    found = pdq(pixels)

    assert found == Pdq(bits, quality)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 40), (40, 1), (4, 300), (300, 4)])
def test_a_picture_too_thin_to_hash_is_all_zeros_of_no_quality_as_in_the_reference(
    height: int, width: int
) -> None:
    pixels = grain(height, width)

    found = [pdq(pixels, mode) for mode in Mode]

    assert found == [Pdq("0" * 64, 0)] * 3
    assert set(eight(pixels).values()) == {Pdq("0" * 64, 0)}


@pytest.mark.parametrize(
    "row", [row for row in ROWS if int(row["quality_full"]) >= 50], ids=lambda row: row["file"]
)
def test_the_fast_mode_is_within_four_bits(row: dict[str, str]) -> None:
    pixels = np.asarray(Image.open(REFERENCE / row["file"]).convert("RGB"))

    found = pdq(pixels, Mode.FAST)

    assert _distance(found.hex, row["pdq_full"]) <= 4


def test_the_eight_forms_are_the_reference_s() -> None:
    pixels = hills(200, 300)

    found = eight(pixels)

    assert {name: each.hex for name, each in found.items()} == PEER_EIGHT
    assert found["as_is"] == pdq(pixels)


TURNS = {
    "rotated_90": lambda a: np.rot90(a),
    "rotated_180": lambda a: np.rot90(a, 2),
    "rotated_270": lambda a: np.rot90(a, 3),
    "mirrored": lambda a: a[:, ::-1],
    "flipped": lambda a: a[::-1],
    "transposed": lambda a: a.transpose(1, 0),
    "transversed": lambda a: np.rot90(a, 2).transpose(1, 0),
}


@pytest.mark.parametrize("name", TURNS)
def test_each_form_is_the_hash_of_the_picture_turned_that_way(name: str) -> None:
    buffer = buffer64(hills(640, 640))

    found = room.eight_of_buffer(buffer)[name]

    assert _distance(found.hex, of_buffer(np.ascontiguousarray(TURNS[name](buffer))).hex) <= 2


@settings(max_examples=60, deadline=None)
@given(
    pixels=arrays.arrays(
        np.uint8,
        st.tuples(st.integers(5, 150), st.integers(5, 150), st.just(3)),
        elements=st.sampled_from([0, 1, 127, 128, 254, 255]),
    ),
    mode=st.sampled_from([Mode.FULL, Mode.CPP]),
)
def test_the_quick_way_gives_the_bits_of_the_exact_way(pixels: Pixels, mode: Mode) -> None:
    exact = of_buffer(room._retraced(pixels, mode))

    assert pdq(pixels, mode) == exact
    assert eight(pixels, mode)["as_is"] == exact


@settings(max_examples=30, deadline=None)
@given(height=st.integers(5, 900), width=st.integers(5, 900), seed=st.integers(0, 2**16))
def test_rounding_stays_far_within_the_slack_allowed_for_it(height: int, width: int, seed: int) -> None:
    pixels = grain(height, width, seed)

    quick, exact = buffer64(pixels), room._retraced(pixels, Mode.FULL)

    assert np.abs(quick - exact).max() * 2 * 100 / 255 < room.GRADIENT_SLACK
    assert np.abs(room._frequencies(quick) - room._frequencies(exact)).max() * 2 < room.FREQUENCY_SLACK


def test_a_plane_of_luminance_hashes_like_the_grey_picture_it_is() -> None:
    plane = hills(300, 400)[:, :, 1].copy()

    found = pdq(plane)

    assert _distance(found.hex, pdq(np.repeat(plane[:, :, None], 3, axis=2)).hex) <= 2


def test_a_window_cut_out_of_a_larger_array_hashes_as_if_it_stood_alone() -> None:
    whole = hills(400, 500)
    window = whole[50:350:2, 20:480]

    assert pdq(window) == pdq(window.copy())


@pytest.mark.parametrize(("height", "width"), [(1000, 1500), (1001, 1203)])
def test_tents_gathered_on_a_coarser_grid_see_the_same_picture(height: int, width: int) -> None:
    plane = hills(height, width)[:, :, 1].copy()
    rows, columns = -(-height // 4), -(-width // 4)
    padded = np.pad(plane, ((0, rows * 4 - height), (0, columns * 4 - width)), mode="edge")
    small = np.round(padded.reshape(rows, 4, columns, 4).mean(axis=(1, 3))).astype(np.uint8)

    found = of_buffer(room.reduced_buffer64(small, height, width, 4))

    assert _distance(found.hex, pdq(plane).hex) <= 4
