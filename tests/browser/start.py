"""Debian's Chromium as the tests of every room start it, and how long they wait for it.

A machine that stalls is no fault of a page: the patience here only ends what would hang for ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 60_000  # ms
expect.set_options(timeout=PATIENCE)


@contextmanager
def started(*more: str) -> Iterator[Browser]:
    """A browser, with more arguments if need be."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*ARGUMENTS, *more])
        yield browser
        browser.close()


def fresh(browser: Browser, **options: Any) -> BrowserContext:
    """A new visitor's own windows. Nothing glides there: a colour caught half way to another is none of ours."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    return context
