"""The fingerprints that a browser takes of pictures are those of the command, bit for bit."""

import re
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from nightlight.fingerprint.decode import picture
from nightlight.fingerprint.media import describe
from nightlight.fingerprint.pdq import pdq
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = sorted((Path(__file__).parents[1] / "data" / "pdq").glob("*.png"))
SIDES = (
    (4, 90),
    (5, 5),
    (7, 300),
    (127, 129),
    (129, 127),
    (1999, 1501),
)  # too small, tiny, odd, several strips
HASHED = """async (files) => {
  const worker = new Worker("/static/nightlight/pdq.js");
  const hashed = (text, id) => new Promise((done) => {
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    worker.onmessage = ({ data }) => { if (data.progress === undefined) done(data); };
    worker.postMessage({ id, file: new Blob([bytes], { type: "image/png" }) });
  });
  const found = [];
  for (const [id, text] of files.entries()) found.push(await hashed(text, id));
  worker.terminate();
  return found.map((each) => each.fault || [each.pdq, each.quality, each.sha256, each.upright]);
}"""
# Keeps, of every frame that a page hands to its worker, the pixels as a PNG and what the worker says of them.
WATCHED = """() => {
  const [post, frames, said] = [Worker.prototype.postMessage, [], []];
  Worker.prototype.postMessage = function (message, ...handed) {
    if (message.frame) {
      if (!frames.length) this.addEventListener("message", ({ data }) => { if ("quality" in data) said.push(data); });
      const canvas = new OffscreenCanvas(message.frame.width, message.frame.height);
      canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" }).drawImage(message.frame, 0, 0);
      frames.push(canvas.convertToBlob({ type: "image/png" }));
    }
    return post.call(this, message, ...handed);
  };
  window.watched = async () => Promise.all(said.map(async ({ pdq, quality }, at) => {
    const bytes = new Uint8Array(await (await frames[at]).arrayBuffer());
    return [btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join("")), [pdq, quality]];
  }));
}"""

# A device so busy that each place of a video is said to be reached before its frame can be had.
BUSY = """() => {
  const [make, asked] = [window.createImageBitmap, new Map()];
  window.createImageBitmap = async (video, ...more) => {
    const before = asked.get(video.currentTime) || 0;
    asked.set(video.currentTime, before + 1);
    if (before < 2) throw new DOMException("There is no frame yet.", "InvalidStateError");
    return make(video, ...more);
  };
}"""


def as_the_browser_says(page: Page, paths: list[Path]) -> list[object]:
    """The hash, quality and digest of each file, or why there are none."""
    found: list[object] = page.evaluate(HASHED, [b64encode(path.read_bytes()).decode() for path in paths])
    return found


def as_the_command_says(path: Path) -> list[object]:
    said = describe(path)
    return [said["pdq"], said["quality"], said["sha256"], None]


def noise(height: int, width: int) -> bytes:
    """Soft colours, so that rounding could decide many a bit."""
    return encoded(shapes(height, (width, height)), "PNG")


def shapes(seed: int, size: tuple[int, int]) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Six seconds that change all the time, of a size that no codec likes, in a form that Debian's Chromium plays."""
    path = tmp_path / "shapes.webm"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libvpx", rate=4)
        stream.width, stream.height, stream.pix_fmt = 322, 246, "yuv420p"
        for number in range(24):
            drawn = Image.blend(shapes(1, (322, 246)), shapes(2, (322, 246)), number / 23)
            for packet in stream.encode(av.VideoFrame.from_image(drawn)):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path


def frames_as_the_page_hashed_them(
    page: Page, film: Path, folder: Path, busy: bool = False
) -> tuple[list[Path], list[object]]:
    """The pixels of each frame of the film as a file, and the hash and quality that the page gave them."""
    page.get_by_label("Under 18").check()
    for _ in range(4):
        with page.expect_navigation():
            page.get_by_role("button", name="Go on", exact=True).click()
    page.evaluate(WATCHED)
    if busy:
        page.evaluate(BUSY)
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose pictures or videos").click()
    asked.value.set_files(film)
    page.get_by_text(re.compile("is ready|be read here")).wait_for(timeout=180_000)
    paths, said = [], []
    for number, (text, answer) in enumerate(page.evaluate("watched()")):
        paths.append(folder / f"frame-{number}.png")
        paths[-1].write_bytes(b64decode(text))
        said.append(answer)
    return paths, said


def test_the_browser_s_hash_and_quality_are_the_command_s_for_every_picture(
    visit: Visit, tmp_path: Path
) -> None:
    made = [tmp_path / f"{height}x{width}.png" for height, width in SIDES]
    for path, (height, width) in zip(made, SIDES, strict=True):
        path.write_bytes(noise(height, width))
    page = visit("/young-people/")

    found = as_the_browser_says(page, PICTURES + made)

    assert len(PICTURES) >= 18
    assert found == [as_the_command_says(path) for path in PICTURES + made]


def test_a_hash_that_differs_in_one_bit_would_be_noticed(visit: Visit) -> None:
    page = visit("/young-people/")
    page.route("**/pdq.js", lambda route: route.fulfill(body=_spoilt(), content_type="text/javascript"))

    found = as_the_browser_says(page, PICTURES[:6])

    assert found != [as_the_command_says(path) for path in PICTURES[:6]]


def test_a_browser_that_gives_out_other_pixels_than_were_drawn_makes_no_fingerprint(visit: Visit) -> None:
    page = visit("/young-people/")
    noise = """const read = OffscreenCanvasRenderingContext2D.prototype.getImageData;
      OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...asked) {
        const found = read.apply(this, asked);
        found.data[400] ^= 1;
        return found;
      };"""
    page.route(
        "**/pdq.js", lambda route: route.fulfill(body=noise + _program(), content_type="text/javascript")
    )

    found = as_the_browser_says(page, PICTURES[:2])

    assert found == ["untrue", "untrue"]


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_that_exif_turns_is_hashed_as_it_lies_like_the_command_and_as_it_is_seen(
    visit: Visit, tmp_path: Path, form: str
) -> None:
    paths = [tmp_path / f"turned-{turn}" for turn in (1, 3, 6)]
    for path, turn in zip(paths, (1, 3, 6), strict=True):
        exif = Image.Exif()
        exif[274] = turn
        path.write_bytes(encoded(shapes(5, (320, 200)), form, exif=exif))
    page = visit("/young-people/")

    found = as_the_browser_says(page, paths)

    seen = [pdq(picture(path, orient=True).pixels) for path in paths[1:]]
    upright = [None, *({"pdq": each.hex, "quality": each.quality} for each in seen)]
    assert found == [
        [*as_the_command_says(path)[:3], each] for path, each in zip(paths, upright, strict=True)
    ]
    assert len({tuple(each[:1]) for each in found}) == 1  # type: ignore[index]


def test_frames_of_a_video_are_hashed_as_the_command_hashes_the_same_pixels(
    visit: Visit, film: Path, tmp_path: Path
) -> None:
    page = visit("/young-people/tell/")

    paths, said = frames_as_the_page_hashed_them(page, film, tmp_path)

    assert len(said) == 6 and len({str(each) for each in said}) > 1
    assert said == [as_the_command_says(path)[:2] for path in paths]


def test_a_frame_that_a_busy_device_shows_a_little_later_is_waited_for(
    visit: Visit, film: Path, tmp_path: Path
) -> None:
    page = visit("/young-people/tell/")

    paths, said = frames_as_the_page_hashed_them(page, film, tmp_path, busy=True)

    assert len(said) == 6, "the page gave up on the video"
    assert said == [as_the_command_says(path)[:2] for path in paths]


def test_a_page_that_gave_up_on_a_late_frame_would_be_noticed(
    visit: Visit, film: Path, tmp_path: Path
) -> None:
    page = visit("/young-people/")
    page.route("**/own-image.js", lambda route: route.fulfill(body=_hasty(), content_type="text/javascript"))
    page.goto("/young-people/tell/")

    _, said = frames_as_the_page_hashed_them(page, film, tmp_path, busy=True)

    assert said == []


def test_a_frame_hashed_otherwise_would_be_noticed(visit: Visit, film: Path, tmp_path: Path) -> None:
    page = visit("/young-people/tell/")
    page.route("**/pdq.js", lambda route: route.fulfill(body=_spoilt(), content_type="text/javascript"))

    paths, said = frames_as_the_page_hashed_them(page, film, tmp_path)

    assert said and said != [as_the_command_says(path)[:2] for path in paths]


def _program(name: str = "pdq.js") -> str:
    import nightlight.server

    path = Path(nightlight.server.__file__).with_name("static") / "nightlight" / name
    return path.read_text("utf-8")


def _hasty() -> str:
    """The page's program without a second try at a frame."""
    return _program("own-image.js").replace("if (performance.now() > until ||", "if (true ||")


def _spoilt() -> str:
    """The same program with another weight of green."""
    return _program().replace("0.587 *", "0.588 *")
