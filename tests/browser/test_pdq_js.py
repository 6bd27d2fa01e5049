"""The fingerprints that a browser takes of pictures are those of the command, bit for bit."""

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from nightlight.fingerprint.media import describe
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
  return found.map((each) => each.fault || [each.pdq, each.quality, each.sha256]);
}"""


def as_the_browser_says(page: Page, paths: list[Path]) -> list[object]:
    """The hash, quality and digest of each file, or why there are none."""
    found: list[object] = page.evaluate(HASHED, [b64encode(path.read_bytes()).decode() for path in paths])
    return found


def as_the_command_says(path: Path) -> list[object]:
    said = describe(path)
    return [said["pdq"], said["quality"], said["sha256"]]


def noise(height: int, width: int) -> bytes:
    """Soft colours, so that rounding could decide many a bit."""
    coarse = np.random.default_rng(height).integers(0, 256, (9, 9, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


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


def _spoilt() -> str:
    """The same program with another weight of green."""
    import nightlight.server

    program = Path(nightlight.server.__file__).with_name("static") / "nightlight" / "pdq.js"
    return program.read_text("utf-8").replace("0.587 *", "0.588 *")
