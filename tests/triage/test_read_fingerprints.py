"""What a reading keeps of the pictures it sees: hashes, those of edits where switched on, or the reason why not."""

import io
from collections.abc import Callable

import numpy
import pytest
from PIL import Image

from nightlight.casebook import hashing, packed, practices
from nightlight.casebook.models import Assessment, Case, EditHashes, Media
from nightlight.casebook.words import State
from nightlight.fingerprint import digests
from nightlight.fingerprint.errors import TimedOut
from nightlight.fingerprint.sandbox import Fingerprints, FrameHash, Unavailable
from nightlight.triage.models import Reading
from nightlight.triage.rank import RANKS, Reason
from tests.casebook import cases
from tests.casebook.codes import code
from tests.triage.test_read import PAGE, Web, gallery, reported, square, web

__all__ = ["web"]

Worker = Callable[..., int]


def landscape(shift: float = 0.0, side: int = 160, **saved: object) -> bytes:
    """Hills of light as a JPEG."""
    down, across = numpy.mgrid[0:side, 0:side] / side
    waves = numpy.sin(9 * across + shift + 5 * down**2) + numpy.cos(13 * down * across) + across
    light = ((waves - waves.min()) / numpy.ptp(waves) * 255).astype(numpy.uint8)
    file = io.BytesIO()
    Image.fromarray(light).convert("RGB").save(file, "JPEG", **{"quality": 95, **saved})
    return file.getvalue()


def known_picture(web: Web, work_until: Worker, body: bytes) -> Media:
    """A picture that two people confirmed at another page."""
    web.show("http://b.example/", body, "image/jpeg")
    other = reported(work_until, "http://b.example/")
    medium = Media.objects.get(sha256=digests(body).sha256)
    with pytest.MonkeyPatch.context() as patch:
        cases.only("nobody", patch)
        cases.confirm(other, cases.analyst(), cases.analyst(), media=(medium,))
    return medium


def test_a_picture_gets_its_pdq_and_a_flat_one_its_low_quality(
    home: None, web: Web, work_until: Worker
) -> None:
    web.show(PAGE, gallery("1.jpg", "2.png"))
    web.show("http://a.example/1.jpg", landscape(), "image/jpeg")
    web.show("http://a.example/2.png", square("red"), "image/png")

    reported(work_until)

    hills = Media.objects.get(sha256=digests(landscape()).sha256)
    flat = Media.objects.get(sha256=digests(square("red")).sha256)
    assert (len(hills.pdq), hills.quality, hills.unhashed) == (64, 100, "")
    assert (flat.quality, flat.unhashed) == (0, "")


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (b"<svg/>", "image/svg+xml", "not_media"),
        (landscape()[:200], "image/jpeg", "truncated"),
        (b"ID3 sounds", "audio/mpeg", "not_media"),
    ],
)
def test_what_cannot_be_hashed_says_why_and_is_counted(
    home: None, web: Web, work_until: Worker, body: bytes, kind: str, word: str
) -> None:
    web.show(PAGE, body, kind)

    case = reported(work_until)

    assert Media.objects.get().unhashed == word
    assert Reading.objects.get(case=case).media_unhashed == 1


@pytest.mark.parametrize(("error", "word"), [(TimedOut("late"), "timed_out"), (Unavailable(), "unavailable")])
def test_a_hasher_that_gives_nothing_leaves_its_word_and_a_later_reading_mends_it(
    home: None, web: Web, work_until: Worker, monkeypatch: pytest.MonkeyPatch, error: Exception, word: str
) -> None:
    def fail(data: bytes) -> Fingerprints:
        raise error

    web.show(PAGE, landscape(), "image/jpeg")
    with monkeypatch.context() as patch:
        patch.setattr(hashing, "hasher", lambda: fail)
        case = reported(work_until)
    before = Media.objects.get().unhashed

    from nightlight.triage.verbs import read_again

    read_again(case, cases.analyst())
    work_until()

    assert (before, Media.objects.get().unhashed, len(Media.objects.get().pdq)) == (word, "", 64)


def test_a_later_reading_that_gives_less_takes_nothing_away(
    home: None, web: Web, work_until: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes) -> Fingerprints:
        raise TimedOut("late")

    web.show(PAGE, landscape(), "image/jpeg")
    case = reported(work_until)
    monkeypatch.setattr(hashing, "hasher", lambda: fail)
    from nightlight.triage.verbs import read_again

    read_again(case, cases.analyst())
    work_until()

    assert (len(Media.objects.get().pdq), Media.objects.get().unhashed) == (64, "")


def test_a_video_is_kept_as_its_frames(
    home: None, web: Web, work_until: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Fingerprints(
        "video",
        digests(b"film"),
        duration=2.0,
        frames=(FrameHash(0, 0.0, 90, code(1)), FrameHash(25, 1.0, 80, code(2))),
    )
    monkeypatch.setattr(hashing, "hasher", lambda: lambda data: found)
    web.show(PAGE, b"film", "video/mp4")

    reported(work_until)

    media = Media.objects.get()
    assert (media.duration, media.pdq) == (2.0, "")
    assert [row.pdq for row in packed.frames(bytes(media.frames))] == [code(1), code(2)]


def test_a_picture_like_a_known_one_raises_the_urgency_and_decides_nothing(
    home: None, web: Web, work_until: Worker
) -> None:
    known_picture(web, work_until, landscape())
    web.show(PAGE, landscape(quality=60), "image/jpeg")

    case = reported(work_until)

    found = Reading.objects.get(case=case)
    assert (found.media_known, found.media_alike) == (0, 1)
    assert (case.priority, case.state) == (RANKS[Reason.KNOWN_MEDIA], State.OPEN)
    assert not Assessment.objects.filter(case=case).exists()


def test_a_picture_like_one_that_is_to_match_nothing_raises_nothing(
    home: None, web: Web, work_until: Worker
) -> None:
    medium = known_picture(web, work_until, landscape())
    practices.never_match(medium, on=True, reason="a logo", by=cases.analyst("manager"))
    web.show(PAGE, landscape(quality=60), "image/jpeg")

    case = reported(work_until)

    assert Reading.objects.get(case=case).media_alike == 0
    assert case.priority == RANKS[Reason.MATERIAL]


def pebbles(cut: float = 0.0) -> bytes:
    """A beach of light and dark patches, with a share of its left and top cut off."""
    light = numpy.random.default_rng(5).integers(0, 256, (24, 24), dtype=numpy.uint8)
    picture = Image.fromarray(light).resize((480, 480), Image.Resampling.BICUBIC).convert("RGB")
    file = io.BytesIO()
    picture.crop((int(480 * cut), int(480 * cut), 480, 480)).save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.mark.parametrize("on", [True, False])
def test_through_edits_a_crop_is_known_and_without_it_is_not(
    home: None, web: Web, work_until: Worker, on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # with a seed of its own each home sees through a little less or more: with one in a thousand not this crop
    monkeypatch.setattr(hashing, "grid_seed", lambda: b"a seed for tests")
    practices.switch(practices.THROUGH_EDITS, on=on, by=cases.analyst("manager"))
    known_picture(web, work_until, pebbles())
    web.show(PAGE, pebbles(cut=0.05), "image/jpeg")

    case: Case = reported(work_until)

    assert Reading.objects.get(case=case).media_alike == (1 if on else 0)
    assert EditHashes.objects.count() == (2 if on else 0)
