"""What is searched for: both PDQs of a large picture, both ways up of a turned one, edits where asked for."""

import csv
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from nightlight.fingerprint.known import load
from nightlight.fingerprint.look import Examined, examine
from nightlight.fingerprint.match import Matcher
from nightlight.fingerprint.media import describe

REFERENCE = Path(__file__).parents[1] / "data" / "pdq"


def light(width: int, height: int, seed: int = 5) -> Image.Image:
    """Soft patches of light."""
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (9, 7, 3), np.uint8)).resize((width, height))


def looks(path: Path, through_edits: bool = False) -> dict[tuple[str, str], str]:
    return {(look.via, look.form): look.pdq for look in examine(str(path), through_edits).looks}


def test_what_is_said_is_what_hash_says(tmp_path: Path) -> None:
    light(700, 500).save(tmp_path / "a.png")
    (tmp_path / "b.txt").write_text("no picture")

    for name in ("a.png", "b.txt", "missing"):
        assert examine(str(tmp_path / name), True).said == describe(tmp_path / name)


def test_a_small_picture_is_looked_up_once(tmp_path: Path) -> None:
    light(512, 512).save(tmp_path / "a.png")

    assert looks(tmp_path / "a.png") == {("as_is", ""): describe(tmp_path / "a.png")["pdq"]}


def test_a_large_picture_is_looked_up_by_both_hashes() -> None:
    with (REFERENCE / "pdq.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if int(row["quality_full"]) >= 50]

    for row in rows:
        found = looks(REFERENCE / row["file"])

        assert found[("as_is", "")] == row["pdq_full"]
        assert found.get(("as_is", "cpp"), row["pdq_full"]) == row["pdq_cpp"]


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "tiff"])
def test_a_turned_picture_is_looked_up_as_it_is_seen(tmp_path: Path, orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    light(300, 200).save(tmp_path / f"a.{kind}", exif=exif, quality=100)
    with Image.open(tmp_path / f"a.{kind}") as image:
        from PIL import ImageOps

        ImageOps.exif_transpose(image).save(tmp_path / "seen.png")

    found = looks(tmp_path / f"a.{kind}")

    distance = int(found.get(("as_is", "oriented"), found[("as_is", "")]), 16) ^ int(
        describe(tmp_path / "seen.png")["pdq"], 16
    )
    assert distance.bit_count() <= 2


def test_a_picture_that_says_nothing_is_not_looked_up(tmp_path: Path) -> None:
    Image.new("RGB", (600, 600), "grey").save(tmp_path / "a.png")

    assert examine(str(tmp_path / "a.png"), True).looks == ()


def test_edits_are_seen_through_where_asked_for(tmp_path: Path) -> None:
    framed = Image.new("RGB", (900, 900), "white")
    framed.paste(light(600, 500), (150, 200))
    framed.save(tmp_path / "a.png")

    plain, through = looks(tmp_path / "a.png"), looks(tmp_path / "a.png", True)

    assert set(plain) == {("as_is", ""), ("as_is", "cpp")}
    assert {("mirrored", ""), ("mirrored", "cpp"), ("trimmed", ""), ("trimmed+rotated_90", "")} <= set(
        through
    )
    assert all("cpp" not in via for via, _ in through)


def test_a_video_is_known_by_its_frames(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx264", rate=2)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for second in range(6):
            for _ in range(2):
                frame = av.VideoFrame.from_ndarray(np.asarray(light(320, 240, seed=second)), format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    frames = [each["pdq"] for each in describe(film)["vpdq"]]
    (tmp_path / "all").write_text("\n".join(frames))
    (tmp_path / "few").write_text("\n".join(frames[: len(frames) // 2]))

    examined = examine(str(film), False)
    by_all, by_few = (
        Matcher(load([tmp_path / name], lambda *_: None), 31).answer([examined])[0] for name in ("all", "few")
    )

    assert examined == Examined(describe(film))
    assert [match["distance"] for match in by_all["matches"]] == [0] * len(frames)
    assert by_all["frames"] == {"matched": len(frames), "of": len(frames)}
    assert by_few["matches"] == []
    assert by_few["frames"]["matched"] < by_few["frames"]["of"]
