"""Providers answering through the page that a notice links to: a visitor with a browser's manners."""

import json
import os
import threading
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from nightlight.demo.browser import BrowserError, Page
from nightlight.demo.course import DueAnswer

PATIENCE = 20.0  # seconds of real time for one request


class AnswerError(Exception):
    """The notice's page did not take the answer; the message says what it did instead."""


def answer(notice_url: str, form: Mapping[str, str]) -> str:
    """Open the notice's page, fill in its form and send it, as a provider's abuse desk would.

    `form` holds `answer` and, as wanted, `note` and `real_host`; what the page presets (its CSRF token) is
    kept, empty fields and those the page does not have are left out. Returns the text of the page that
    follows. Raises `AnswerError` if the address is not on this machine, the page has no such form, does not
    offer the answer, or refuses it; `httpx.TransportError` if nobody is there.
    """
    if not _on_loopback(notice_url):
        raise AnswerError(f"not an address on this machine: {notice_url}")
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=PATIENCE) as browser:
        page = browser.get(notice_url)
        if page.status_code != httpx.codes.OK:
            raise AnswerError(f"the notice's page answers {page.status_code}")
        action, fields = _filled_in(Page(str(page.url), page.status_code, page.text), form)
        target = urljoin(str(page.url), action)
        if not _on_loopback(target):
            raise AnswerError("the form posts to another machine")
        origin = f"{page.url.scheme}://{page.url.netloc.decode()}"
        sent = browser.post(target, data=fields, headers={"Referer": str(page.url), "Origin": origin})
    if sent.is_error:
        raise AnswerError(f"the answer was refused with {sent.status_code}")
    return sent.text


def _filled_in(page: Page, form: Mapping[str, str]) -> tuple[str, dict[str, str | list[str]]]:
    """The form with a field `answer`: where it posts to, and all its fields with our values."""
    try:
        found = page.form("answer")
    except BrowserError:
        raise AnswerError("the notice's page has no form to answer with") from None
    offered = found.choices.get("answer")
    if offered and form["answer"] not in offered:
        raise AnswerError(f"the page does not offer the answer {form['answer']}")
    ours = {name: value for name, value in form.items() if value and found.has(name)}
    return found.action, {**found.preset, **ours}


def _on_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, and only `localhost` is one of ours
        return False


class Given:
    """Which notices were answered, one line each in a file: an answer that was given is not given again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
        # A line without its end was cut off by a crash: that answer was not recorded as given.
        self._given = {json.loads(line)["notice"] for line in lines if line.endswith(b"\n")}
        if lines and not lines[-1].endswith(b"\n"):
            file.write_bytes(b"".join(lines[:-1]))

    def __contains__(self, due: DueAnswer) -> bool:
        with self._lock:
            return due.notice_url in self._given

    def add(self, due: DueAnswer) -> None:
        """Record that the answer was given; on disk when this returns."""
        line = json.dumps({"notice": due.notice_url, "answer": due.answer.value}) + "\n"
        with self._lock, self._file.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
            self._given.add(due.notice_url)
