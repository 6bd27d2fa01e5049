"""One file described: the objects of `nightlight hash --json`, and an error for whatever can't be."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nightlight.fingerprint.decode import Limits
from nightlight.fingerprint.media import describe, hashed
from nightlight.fingerprint.pdq import Mode, pdq
from tests.fingerprint.drawings import encoded, film, hills

DRAWN = hills(120, 160)


def test_a_picture_is_described_as_the_contract_says(tmp_path: Path) -> None:
    raw = encoded(DRAWN, "PNG")
    path = tmp_path / "lamp.txt"
    path.write_bytes(raw)

    found = describe(path, Mode.FULL)

    assert found == {
        "path": str(path),
        "kind": "image",
        "md5": hashlib.md5(raw, usedforsecurity=False).hexdigest(),
        "sha1": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "pdq": pdq(DRAWN).hex,
        "quality": 100,
        "width": 160,
        "height": 120,
    }


def test_a_video_is_described_as_the_contract_says(tmp_path: Path) -> None:
    raw = film(seconds=3)
    path = tmp_path / "lamp.jpg"
    path.write_bytes(raw)

    found = describe(str(path), Mode.FULL)

    assert list(found) == ["path", "kind", "md5", "sha1", "sha256", "duration", "vpdq"]
    assert (found["kind"], found["duration"]) == ("video", 3.0)
    assert found["sha256"] == hashlib.sha256(raw).hexdigest()
    assert [(each["frame"], each["timestamp"]) for each in found["vpdq"]] == [(0, 0.0), (10, 1.0), (20, 2.0)]
    assert all(list(each) == ["frame", "timestamp", "quality", "pdq"] for each in found["vpdq"])
    assert json.loads(json.dumps(found)) == found


def test_a_picture_of_no_contrast_is_described_with_its_quality(tmp_path: Path) -> None:
    (tmp_path / "flat.png").write_bytes(encoded(DRAWN * 0 + 7, "PNG"))

    found = describe(tmp_path / "flat.png", Mode.FULL)

    assert (found["quality"], len(found["pdq"])) == (0, 64)


def test_a_file_without_a_fingerprint_is_described_by_its_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    (tmp_path / "words.jpg").write_text("words")
    (tmp_path / "short.png").write_bytes(encoded(DRAWN, "PNG")[:-200])
    (tmp_path / "short.mp4").write_bytes(film()[:40])
    (tmp_path / "large.png").write_bytes(encoded(hills(300, 300), "PNG"))
    names = ["none", "", "pipe", "empty", "words.jpg", "short.png", "short.mp4", "large.png"]

    found = [describe(tmp_path / name, Mode.FULL, Limits(pixels=50_000)) for name in names]

    assert all(set(each) == {"path", "error"} for each in found)
    assert [each["error"].partition(":")[0] for each in found] == [
        "unreadable",
        "unreadable",
        "unreadable",
        "empty",
        "not_media",
        "truncated",
        "unreadable",
        "too_large",
    ]


@pytest.mark.parametrize("size", [(480, 640), (1080, 1920)])
def test_the_fast_mode_reads_less_of_a_jpeg_and_is_within_four_bits(size: tuple[int, int]) -> None:
    raw = encoded(hills(*size), "JPEG", quality=88)

    (full, *shape), (fast, *same) = hashed(raw), hashed(raw, Mode.FAST)

    assert shape == same == [size[1], size[0]]
    assert (int(full.hex, 16) ^ int(fast.hex, 16)).bit_count() <= 4


def test_a_sound_without_a_picture_is_no_media(tmp_path: Path) -> None:
    import av
    import numpy as np

    path = tmp_path / "tone.mp4"
    with av.open(path, "w") as written:
        stream = written.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 44100
        for packet in [*stream.encode(sound), *stream.encode()]:
            written.mux(packet)

    found = describe(path, Mode.FULL)

    assert found["error"].startswith("not_media: it has no video stream")


def test_describing_pictures_does_not_load_ffmpeg() -> None:
    asked = "import nightlight.fingerprint.media, sys; print('av' in sys.modules, 'django' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert told.stdout == "False False\n"
