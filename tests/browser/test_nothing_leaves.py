"""A whole visit asks nobody but the hotline: every name and address but ours leads the browser to a recorder.

The recorder is a listening socket and the proxy of every connection that is not to this machine, so what a page asks
for without Playwright's noticing (a preconnect, a WebSocket, a favicon elsewhere) arrives there too.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.start import fresh, started
from tests.saboteur import turns_red

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SILENCE = 10  # seconds after which whoever connected has nothing to say
# Where Chromium asks for its own updates, whatever page it shows; were a page to ask there, the log of requests has it.
BROWSER_S_OWN = (b".googleapis.com", b".google.com", b".gvt1.com")
PAGES = (
    "/",
    "/report/",
    "/receipt/",
    "/young-people/",
    "/parents/",
    "/appeal/",
    "/transparency/",
    "/transparency/reports_by_month/",
    "/transparency/editions/",
    "/nowhere/",
)


class Recorder:
    """Listens on loopback and remembers the first bytes of whoever connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self._said: list[bytes] = []
        self._callers: list[threading.Thread] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def heard(self) -> list[bytes]:
        """What each caller said, once all did or have nothing to say: then it is empty, but they called."""
        with self._lock:
            callers = list(self._callers)
        for each in callers:
            each.join()
        return self._said[: len(callers)]

    def close(self) -> None:
        """Hears nobody any more."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self.socket.accept()
                with self._lock:
                    hearing = threading.Thread(target=self._hear, args=(caller, len(self._said)), daemon=True)
                    self._said.append(b"")
                    self._callers.append(hearing)
                    hearing.start()

    def _hear(self, caller: socket.socket, place: int) -> None:
        with caller, suppress(OSError):
            caller.settimeout(SILENCE)
            self._said[place] = caller.recv(400)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    yield made
    made.close()


@pytest.fixture
def watched(recorder: Recorder) -> Iterator[Browser]:
    """A browser for which everything but this machine is the recorder."""
    rules = f"MAP * 127.0.0.1:{recorder.port} , EXCLUDE localhost , EXCLUDE 127.0.0.1"
    quiet = ["--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-pings"]
    proxy = [f"--proxy-server=http://127.0.0.1:{recorder.port}", "--proxy-bypass-list=localhost;127.0.0.1"]
    with started(*quiet, *proxy, f"--host-resolver-rules={rules}") as browser:
        yield browser


def visit(browser: Browser, base: str) -> tuple[list[str], Page]:
    """Opens every public page and sends a report; returns every address that was asked for."""
    page = fresh(browser, base_url=base).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(path)
    page.goto("/report/")
    page.get_by_label("Where is it?").fill("http://a.example/x")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the report").click()
    page.wait_for_load_state("networkidle")
    return asked, page


def test_a_whole_visit_asks_nobody_but_the_hotline(
    home: None, live_server: Any, watched: Browser, recorder: Recorder
) -> None:
    before = len(recorder.heard)  # what the browser itself wanted when it started

    asked, page = visit(watched, live_server.url)

    assert len(asked) > len(PAGES)
    assert [url for url in asked if not url.startswith(f"{live_server.url}/")] == []
    assert [line for line in recorder.heard[before:] if not any(own in line for own in BROWSER_S_OWN)] == []
    assert page.context.cookies() == []


def test_a_request_elsewhere_is_recorded(
    home: None, live_server: Any, watched: Browser, recorder: Recorder
) -> None:
    page = watched.new_page()
    page.goto(live_server.url)

    with page.expect_event("requestfailed"):  # the recorder answers nothing
        page.evaluate("location.href = 'http://elsewhere.example/pixel'")

    assert any(b"elsewhere.example" in line for line in recorder.heard)


def test_a_page_that_asks_elsewhere_would_be_noticed(
    home: None, live_server: Any, watched: Browser, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = visit

    def with_a_pixel(browser: Browser, base: str) -> tuple[list[str], Page]:
        asked, page = opened(browser, base)
        with page.expect_event("requestfailed"):
            page.evaluate("location.href = 'http://elsewhere.example/pixel'")
        return asked, page

    monkeypatch.setitem(globals(), "visit", with_a_pixel)

    turns_red(test_a_whole_visit_asks_nobody_but_the_hotline, None, live_server, watched, recorder)
