"""What a sandbox's child finds out about real pictures and videos, behind every limit."""

import io
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy
import pytest
from PIL import Image

from nightlight.fingerprint.errors import MediaError
from nightlight.fingerprint.examine import DECODERS
from nightlight.fingerprint.grid import grid
from nightlight.fingerprint.sandbox import Sandbox

SEED = b"a seed for tests"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(workers=1, seconds=300, megabytes=1024)
    yield made
    made.close()


def landscape(side: int = 128) -> Image.Image:
    """Hills of light, different everywhere."""
    down, across = numpy.mgrid[0:side, 0:side] / side
    waves = numpy.sin(9 * across + 5 * down**2) + numpy.cos(13 * down * across) + across
    light = ((waves - waves.min()) / numpy.ptp(waves) * 255).astype(numpy.uint8)
    return Image.fromarray(numpy.stack([light, light[::-1], light.T], axis=-1))


def film(seconds: int = 5) -> bytes:
    """A slow walk across the hills, ten frames a second."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 96
        stream.time_base = Fraction(1, 10)
        wide = landscape(400)
        for number in range(seconds * 10):
            part = wide.crop((number * 4, number, number * 4 + 96, number + 96))
            container.mux(stream.encode(av.VideoFrame.from_image(part)))
        container.mux(stream.encode())
    return file.getvalue()


@pytest.mark.parametrize("name", [name for name in DECODERS if name != "HEIF"])
def test_a_picture_of_every_format_is_hashed_behind_the_limits(sandbox: Sandbox, name: str) -> None:
    file = io.BytesIO()
    landscape().save(file, name)

    found = sandbox.fingerprints(file.getvalue())

    assert (found.kind, found.width, found.height) == ("image", 128, 128)
    assert found.quality is not None and found.quality >= 50


def test_a_heic_picture_is_hashed_where_nothing_can_be_loaded_any_more(sandbox: Sandbox) -> None:
    import pillow_heif

    file = io.BytesIO()
    pillow_heif.from_pillow(landscape()).save(file)

    assert sandbox.fingerprints(file.getvalue()).kind == "image"


def test_edits_come_only_where_they_are_asked_for(sandbox: Sandbox) -> None:
    file = io.BytesIO()
    landscape().save(file, "PNG")

    plain = sandbox.fingerprints(file.getvalue())
    through = sandbox.fingerprints(file.getvalue(), grid=SEED, looks=True)

    assert (plain.derived, plain.looks) == ((), ())
    assert {row.via for row in through.derived} <= {edit.name for edit in grid(SEED)}
    assert through.derived and {row.via for row in through.looks} >= {"as_is", "mirrored"}


def test_a_video_is_known_by_its_frames(sandbox: Sandbox) -> None:
    found = sandbox.fingerprints(film())

    assert found.kind == "video"
    assert found.duration == pytest.approx(5, abs=0.5)
    assert [row.timestamp for row in found.frames] == pytest.approx([0, 1, 2, 3, 4], abs=0.2)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_media"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "unreadable"),
        (b"#!/bin/sh\n", "not_media"),
    ],
)
def test_what_is_no_medium_says_what_it_is_instead(sandbox: Sandbox, data: bytes, name: str) -> None:
    with pytest.raises(MediaError) as told:
        sandbox.fingerprints(data)

    assert told.value.name == name


def test_a_picture_that_ends_too_early_says_so(sandbox: Sandbox) -> None:
    file = io.BytesIO()
    landscape().save(file, "PNG")

    with pytest.raises(MediaError) as told:
        sandbox.fingerprints(file.getvalue()[:600])

    assert told.value.name == "truncated"
