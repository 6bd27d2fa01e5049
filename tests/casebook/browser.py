"""Chromium for the tests of pages: `from tests.casebook.browser import chromium, visit` brings the fixtures."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from nightlight.accounts.models import Person
from nightlight.work import clock
from nightlight.work.home import establish
from nightlight.work.models import Home
from tests.browser.looks import axe
from tests.browser.start import fresh, started

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with started() as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Visit]:
    """`visit("/appeal/", person=None, width=1280)`: a page, as this person or as anyone."""
    contexts = []

    def go(path: str, person: Person | None = None, width: int = 1280) -> Page:
        context = fresh(chromium, viewport={"width": width, "height": 900})
        contexts.append(context)
        if person:
            client = Client()
            client.force_login(person)
            session = client.cookies["session"].value
            context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()


def rehearsal() -> None:
    """The home of a test on committed rows."""
    establish(Home.Kind.REHEARSAL)
    clock.apply("2026-01-05T09:00:00Z jump")


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG and good practice."""
    return axe(page, {})


def overflows(page: Page) -> bool:
    """Whether a page must be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
