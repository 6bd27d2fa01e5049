"""The door "It is about me" in a real browser: with scripts fingerprints are made on the device, and the picture never
leaves it; without scripts an address is enough."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect

from nightlight.casebook.models import OwnPrint, Report
from nightlight.fingerprint import decode
from nightlight.fingerprint.media import describe
from nightlight.fingerprint.pdq import pdq
from nightlight.intake.models import OwnImageAnswers
from tests.browser.conftest import Visit
from tests.browser.looks import NARROW, PUBLIC, Walk
from tests.browser.wire import Wire, tapped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def colours(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Soft shapes, with enough in them to be told from others."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """As a telephone held upright stores it: lying, with a note to turn it."""
    path = tmp_path / "shapes.jpg"
    exif = Image.Exif()
    exif[274] = 6
    colours(7).save(path, quality=95, exif=exif)
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three seconds, each another picture, in a form that Debian's Chromium plays."""
    path = tmp_path / "shapes.webm"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libvpx", rate=4)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(12):
            for packet in stream.encode(av.VideoFrame.from_image(colours(number // 4))):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path


@pytest.fixture
def wire(live_server: Any) -> Iterator[Wire]:
    with tapped(live_server.url) as found:
        yield found


def hosts(page: Page) -> set[str]:
    """Fills with every host that a page asks from now on."""
    found: set[str] = set()

    def note(request: Request) -> None:
        found.add(urlsplit(request.url.removeprefix("blob:")).netloc)

    page.on("request", note)
    return found


def press(page: Page, name: str = "Go on") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def go_on(page: Page, name: str = "Go on") -> None:
    """Presses and waits for the next page, so that nothing looks at half of it."""
    with page.expect_navigation():
        press(page, name)


def choose(page: Page, path: Path) -> None:
    """Chooses a file once the page is ready for it."""
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose pictures or videos").click()
    asked.value.set_files(path)


def to_the_pictures(page: Page, look: Callable[[], None] = lambda: None) -> None:
    """From the start to the page where pictures are chosen."""
    look()
    with page.expect_navigation():
        page.get_by_role("link", name="Begin").click()
    look()
    page.get_by_label("Under 18").check()
    go_on(page)
    look()
    page.get_by_label("It is about me").check()
    go_on(page)
    look()
    page.get_by_label("Someone makes threats").check()
    go_on(page)
    expect(page.get_by_text("You are not in trouble.")).to_be_visible()
    look()
    page.get_by_label("Where is the picture or the chat?").fill("http://shapes.example/a")
    go_on(page)


def test_with_scripts_fingerprints_are_made_on_the_device_and_no_byte_of_the_picture_leaves_it(
    visit: Visit, wire: Wire, picture: Path
) -> None:
    page = visit(f"{wire.address}/young-people/", width=320)
    asked = hosts(page)
    walk = Walk(page, PUBLIC, (NARROW,))
    ours = describe(picture)
    seen = pdq(decode.picture(picture, orient=True).pixels)

    to_the_pictures(page, walk.look)
    choose(page, picture)
    expect(page.locator("[data-list] code")).to_have_text(f"{ours['pdq']} {ours['quality']}")
    walk.look()
    press(page)  # without the box nothing is sent
    expect(page.get_by_role("status")).to_have_text("Tick the box to send the fingerprints. Or remove them.")
    page.get_by_label("Yes, send these fingerprints").check()
    go_on(page)
    walk.look()
    go_on(page)
    walk.look()
    go_on(page, "Send")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have it.")
    walk.look()

    kept = {(row.type, row.value, row.kept_off) for row in OwnPrint.objects.all()}
    assert kept == {("pdq", ours["pdq"], ""), ("pdq", seen.hex, ""), ("sha256", ours["sha256"], "")}
    assert OwnImageAnswers.objects.get().happened == ["threatened"]
    assert walk.found == []
    assert ours["pdq"].encode() in wire.sent and not wire.holds_part_of(picture)
    assert asked == {urlsplit(wire.address).netloc}
    assert page.context.cookies() == []


def test_of_a_video_the_frames_are_fingerprinted_and_no_byte_of_it_leaves(
    visit: Visit, wire: Wire, film: Path
) -> None:
    page = visit(f"{wire.address}/young-people/")
    ours = describe(film)

    to_the_pictures(page)
    choose(page, film)
    expect(page.get_by_text("The fingerprint is ready.")).to_be_visible(timeout=180_000)
    page.get_by_label("Yes, send these fingerprints").check()
    for name in ("Go on", "Go on", "Send"):
        go_on(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have it.")

    found = [int(row.value, 16) for row in OwnPrint.objects.filter(type="pdq")]
    frames = [int(each["pdq"], 16) for each in ours["vpdq"]]
    assert len(found) == 3
    assert all(min((one ^ other).bit_count() for other in frames) <= 31 for one in found)
    assert OwnPrint.objects.get(type="sha256").value == ours["sha256"]
    assert ours["sha256"].encode() in wire.sent and not wire.holds_part_of(film)


def test_a_video_that_does_not_load_holds_nothing_up_once_it_was_taken_out(visit: Visit, film: Path) -> None:
    page = visit("/young-people/")
    to_the_pictures(page)
    page.evaluate("() => Object.defineProperty(HTMLMediaElement.prototype, 'src', { set() {} })")

    choose(page, film)
    press(page)  # too soon
    expect(page.get_by_role("status")).not_to_be_empty()
    press(page, "Remove: Video 1")
    go_on(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("In your words")


def test_a_page_that_sent_the_picture_would_be_noticed(visit: Visit, wire: Wire, picture: Path) -> None:
    page = visit(f"{wire.address}/young-people/")

    to_the_pictures(page)
    page.locator("[data-files]").evaluate(
        "each => { const copy = each.cloneNode(); copy.name = 'file'; copy.id = 'copy';"
        " each.form.append(copy); each.form.enctype = 'multipart/form-data'; }"
    )
    page.locator("#copy").set_input_files(picture)
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("In your words")

    assert wire.holds_part_of(picture)


def test_without_scripts_an_address_is_enough(visit: Visit) -> None:
    page = visit("/young-people/", width=320, java_script_enabled=False)

    to_the_pictures(page)
    expect(page.get_by_text("an address is enough")).to_be_visible()
    expect(page.get_by_role("button", name="Choose pictures or videos")).to_be_hidden()
    for name in ("Go on", "Go on", "Send"):
        go_on(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have it.")

    report = Report.objects.get()
    assert (report.kind, report.hashes) == ("own_image", []) and "shapes.example" in report.addresses
    assert page.context.cookies() == []


def test_whoever_was_18_finds_where_to_go(visit: Visit) -> None:
    page = visit("/young-people/tell/", width=320)
    walk = Walk(page, PUBLIC, (NARROW,))

    page.get_by_label("18 or older").check()
    go_on(page)
    expect(page.get_by_role("link", name="https://stopncii.org/")).to_be_visible()
    walk.look()

    assert walk.found == [] and Report.objects.count() == 0
