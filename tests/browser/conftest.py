"""One browser for the tests of a file, and a hotline for it to look at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.hotline import Day, busy_day, session
from tests.browser.start import fresh, started

Visit = Callable[..., Page]


@pytest.fixture(scope="module")  # while it runs no other Playwright can, so it ends with each file
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with started() as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser, home: None, live_server: Any) -> Iterator[Visit]:
    """`visit(path, person=None, width=1280, **context)`: a page in a browser of its own, signed in as the person."""
    contexts = []

    def go(path: str, who: Any = None, width: int = 1280, **options: Any) -> Page:
        context = fresh(
            chromium, base_url=live_server.url, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        if who is not None:
            context.add_cookies([{"name": "session", "value": session(who), "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.fixture
def day(home: None) -> Day:
    """A rehearsal hotline in the middle of a day."""
    return busy_day()
