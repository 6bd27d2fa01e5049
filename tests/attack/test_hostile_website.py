"""A site that wants our looks to fail: whatever it sends, a look ends, in time, with something that can be kept."""

import time
from typing import Any

import pytest
from django.test import Client

from nightlight.casebook.models import Case, Location
from nightlight.casebook.words import ReportKind
from nightlight.net.fetch import Fetched
from nightlight.net.page import MOST_TEXT, read
from nightlight.triage import verbs
from nightlight.triage.reading import look
from nightlight.work import clock

URL = "http://trap.example/a"
MEGABYTE = 1_000_000
# Of processor time. What takes seconds on any machine is told from what grows with the square: that takes hours.
SECONDS = 100
# Charsets that Python knows and pages can't be in, each with bytes that make the most of it.
CHARSETS = {
    "utf-7": b"<title>+2AA-</title>words +2AA-",
    "unicode_escape": b"<title>\\ud800</title>words \\ud800",
    "raw_unicode_escape": b"words \\udfff",
    "punycode": b"a" * MEGABYTE + b"-" + b"b9" * 100_000,
    "idna": b"a." * 400_000,
    "zlib_codec": b"x\x9c\x03\x00",
    "undefined": b"words",
    "utf-8\x00": b"words",
    "\u00fc": b"words",
    "mbcs": b"words",
    "../../x": b"words",
    "utf-16": b"\x00\xd8\x00\xd8 words",
    "utf-32": b"\xff\xff\xff\xff",
}
ODD_BODIES = {
    "open quotes": b'<a href="' * 100_000,
    "open tags": b"<a " * 300_000,
    "deep": b"<div>" * 300_000,
    "entities": b"&#" + b"9" * MEGABYTE + b";" + b"&amp" * 200_000,
    "comments": b"<!--" * 200_000,
    "nulls": b"\x00" * MEGABYTE,
    "many media": b"".join(b'<img src="/%d.png">' % n for n in range(50_000)),
    "long address": b'<img src="/' + b"x" * MEGABYTE + b'">',
    "ligatures": "\ufdfa".encode() * 300_000,
}


def page(body: bytes, content_type: str = "text/html") -> Fetched:
    return Fetched(URL, 200, {"content-type": content_type}, body, (), "192.0.2.1", False)


@pytest.mark.parametrize("charset", CHARSETS, ids=ascii)
def test_no_charset_keeps_a_look_from_ending(charset: str) -> None:
    start = time.process_time()

    shown = read(page(CHARSETS[charset], f"text/html; charset={charset}"))

    assert time.process_time() - start < SECONDS
    (shown.title + shown.text).encode()  # no half of a character, which no page of ours could show


def test_a_charset_named_in_the_page_is_held_to_the_same_rule() -> None:
    shown = read(page(b"<meta charset=utf-7>words +2AA-"))

    assert shown.text == "words +2AA-"


@pytest.mark.parametrize("name", ODD_BODIES)
def test_no_body_takes_long(name: str) -> None:
    start = time.process_time()

    shown = read(page(ODD_BODIES[name]))

    assert time.process_time() - start < SECONDS
    assert len(shown.media) <= 1000


@pytest.mark.parametrize(
    "piece", [b"<div>", "\ufdfa".encode(), b"&a", b"<"], ids=["markup", "letters", "amp", "lt"]
)
def test_a_page_as_large_as_we_fetch_is_read_as_far_as_people_read(piece: bytes) -> None:
    start = time.process_time()

    shown = read(page(piece * (20 * MEGABYTE // len(piece))))

    assert time.process_time() - start < SECONDS
    assert len(shown.text) <= MOST_TEXT


class Answers:
    """A fetcher whose every answer is the same."""

    def __init__(self, answer: Fetched) -> None:
        self.answer = answer

    def fetch(self, _url: str, **_: Any) -> Fetched:
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [
        page(b"<title>+2AA-</title>", "text/html; charset=utf-7"),
        page(b"<title><script>alert(1)</script></title>\x00<img src=/a onerror=alert(1)>"),
        page(b"<svg onload=alert(1)>", "image/svg+xml"),
        page(b"x", "image/" + "<b>" * 100),
        page(b"x", 'image/png"><script>alert(1)</script>'),
        page(b"", ""),
    ],
    ids=range(6),
)
def test_what_a_hostile_page_says_is_kept_and_shown_as_text(
    answer: Fetched, home: None, someone: Any, client: Client
) -> None:
    location = Location.objects.create(
        url=URL, host="trap.example", domain="trap.example", tld="example", first_seen=clock.now()
    )
    now = clock.now()
    case = Case.objects.create(
        location=location, kind=ReportKind.MATERIAL, priority=6, received_at=now, changed_at=now
    )
    client.force_login(someone("analyst"))

    verbs.record_reading(case.pk, look(URL, Answers(answer)))  # type: ignore[arg-type]
    shown = client.get(f"/desk/cases/{case.pk}/")

    assert shown.status_code == 200
    assert b"<script>alert" not in shown.content
    assert b"<img src=/a" not in shown.content
