"""The screenshots of `docs/screens.md`, out of the pages as they are.

`NIGHTLIGHT_SCREENSHOTS=1 pytest tests/browser/test_screenshots.py` writes them to `docs/screenshots/`; without it the
same pictures are taken and thrown away.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.hotline import Day

DOCS = Path(__file__).parents[2] / "docs"
LARGEST = 150_000  # bytes
HEIGHTS = {320: 640, 1280: 860}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SCENES = ("report", "receipt", "desk", "case", "provider")
NAMES = [f"{scene}-{width}-{scheme}.png" for scene in SCENES for scheme in SCHEMES for width in HEIGHTS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    if os.environ.get("NIGHTLIGHT_SCREENSHOTS") != "1":
        return tmp_path
    (DOCS / "screenshots").mkdir(exist_ok=True)
    return DOCS / "screenshots"


def shoot(page: Page, name: str, width: int, scheme: Scheme, folder: Path) -> Path:
    """Takes the page's first screen, with few colours, which keeps the file small."""
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    ask_the_desk(page, scheme)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    path = folder / f"{name}-{width}-{scheme}.png"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128).save(path, optimize=True)
    return path


def ask_the_desk(page: Page, scheme: Scheme) -> None:
    """The desk does not follow the device; where the page has its button for this look, it is pressed."""
    button = page.get_by_role("button", name=f"{scheme.capitalize()} desk")
    if button.count():
        with page.expect_navigation():
            button.click()


def scenes(visit: Visit, day: Day) -> Iterator[tuple[str, Page]]:
    """Each page as its reader finds it."""
    yield "report", visit("/report/")
    thanks = visit("/report/")
    thanks.get_by_label("Where is it?").fill("http://quickpic.example/v/20418")
    with thanks.expect_navigation():
        thanks.get_by_role("button", name="Send the report").click()
    yield "receipt", thanks
    yield "desk", visit("/desk/", day.mira)
    yield "case", visit(f"/desk/cases/{day.open.pk}/", day.mira)
    yield "provider", visit(day.provider)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_screenshots_are_small_and_show_no_media(visit: Visit, day: Day, folder: Path) -> None:
    made = []

    for name, page in scenes(visit, day):
        assert page.locator("[data-shown], video, main img:not(.scene)").count() == 0
        made += [shoot(page, name, width, scheme, folder) for scheme in SCHEMES for width in HEIGHTS]

    assert [path.name for path in made] == NAMES
    assert {path.name: path.stat().st_size for path in made if path.stat().st_size > LARGEST} == {}


def test_the_manual_shows_every_screenshot() -> None:
    manual = (DOCS / "screens.md").read_text()

    missing = [name for name in NAMES if f"screenshots/{name}" not in manual]

    assert missing == []
    assert sorted(path.name for path in (DOCS / "screenshots").glob("*.png")) == sorted(NAMES)
