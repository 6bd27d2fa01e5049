"""A picture saved anew at a watched address is noticed, and left to a person."""

import io

import numpy
import pytest
from PIL import Image

from nightlight.casebook.models import Media
from nightlight.fingerprint import digests
from nightlight.takedown import alike, looks
from nightlight.takedown.verdict import Known
from nightlight.work import clock


def pebbles(seed: int = 5, quality: int = 95) -> bytes:
    """A beach of light and dark patches."""
    light = numpy.random.default_rng(seed).integers(0, 256, (24, 24), dtype=numpy.uint8)
    file = io.BytesIO()
    picture = Image.fromarray(light).resize((240, 240), Image.Resampling.BICUBIC)
    picture.convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()


@pytest.fixture
def confirmed(home: None) -> Media:
    from nightlight.casebook import fingerprints, hashing

    body = pebbles()
    media = Media.objects.create(sha256=digests(body).sha256, first_seen=clock.now())
    fingerprints.keep(media, hashing.sandbox().fingerprints(body))
    return media


@pytest.mark.parametrize(
    ("body", "found"),
    [(pebbles(quality=60), True), (pebbles(seed=6), False), (b"a note", False), (b"", False)],
)
def test_only_nearly_the_same_picture_is_alike(confirmed: Media, body: bytes, found: bool) -> None:
    assert alike.is_alike(body, alike.prints_of([confirmed.sha256])) is found


def test_what_is_expected_is_not_opened_again(confirmed: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "is_alike", lambda *_: pytest.fail("it was opened"))
    known = Known(media=frozenset({confirmed.sha256}), prints=alike.prints_of([confirmed.sha256]))

    assert not looks._is_alike(pebbles(), confirmed.sha256, known)


def test_a_flat_picture_is_nobody_s_likeness(home: None) -> None:
    Media.objects.create(sha256="0" * 64, pdq="0" * 64, quality=3, first_seen=clock.now())

    assert alike.prints_of(["0" * 64]) == frozenset()
