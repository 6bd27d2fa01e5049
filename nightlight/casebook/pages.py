"""The one place where the product takes reported pages apart: in a confined process, never in its own.

A page is written by people who would like the checker to stop. One that crashes its reader, hangs or eats memory takes
one forked child with it (`fingerprint/sandbox.py`) and is `Unreadable` here, by name. What the child answers is not
believed: it is held to the shape of a `Page`, and every address in it is vetted anew when it is fetched.
"""

from functools import lru_cache
from typing import Any, cast

from nightlight.fingerprint.errors import MediaError, Trouble
from nightlight.fingerprint.sandbox import Busy, Sandbox, Unavailable
from nightlight.net import page
from nightlight.net.address import LONGEST
from nightlight.net.fetch import Fetched
from nightlight.net.markup import MOST_ADDRESSES
from nightlight.net.page import MOST_READ, MOST_TEXT, Page

__all__ = ["NoReader", "Page", "Unread", "Unreadable", "read"]

EXAMINE = "nightlight.fingerprint.examine_page:examine"
WORKERS = 2
TURNS = 4  # times SECONDS that a page waits for a reader, so that hostile pages do not make others unreadable
SECONDS = 20.0  # the worst page known takes two
MEGABYTES = 512  # and a fifth of a gigabyte
_DIGEST = 64  # hex digits of SHA-256


class Unread(Exception):
    """A page was fetched and could not be read."""


class Unreadable(Unread):
    """It broke its reader, or took more than a page may; `name` is a word of `fingerprint.errors.Trouble`."""

    def __init__(self, name: Trouble) -> None:
        super().__init__(name.value)
        self.name = name


class NoReader(Unread):
    """No process could be started to read it in: that says nothing about the page."""


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    """The sandbox of this process; its processes start with the first page."""
    return Sandbox(WORKERS, SECONDS, MEGABYTES, examine=EXAMINE)


def read(fetched: Fetched) -> Page:
    """What an answer shows. Of one that is no markup nothing is opened. Raises Unreadable and NoReader."""
    if not page.is_markup(fetched):
        return page.read(fetched)
    ask = {
        "url": fetched.url,
        "status": fetched.status,
        "kind": fetched.headers.get("content-type", "text/html"),
        "cf": fetched.headers.get("cf-mitigated", ""),
    }
    try:
        return _checked(_answer(fetched.body[:MOST_READ], ask))
    except MediaError as error:
        raise Unreadable(error.name) from error
    except Unavailable as error:
        raise NoReader(str(error)) from error


def _answer(data: bytes, ask: dict[str, Any]) -> object:
    for _turn in range(TURNS - 1):
        try:
            return sandbox().answer(data, ask)
        except Busy:
            continue
    return sandbox().answer(data, ask)


def _checked(words: object) -> Page:
    """What a child answered, if it has the right shape. Raises Unreadable otherwise."""
    try:
        found = cast(dict[str, Any], words)
        return Page(
            title=_text(found["title"], MOST_TEXT),
            text=_text(found["text"], MOST_TEXT),
            media=_addresses(found["media"]),
            links=_addresses(found["links"]),
            reads_as_removed=_flag(found["reads_as_removed"]),
            blocks_robots=_flag(found["blocks_robots"]),
            digest=_text(found["digest"], _DIGEST),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(Trouble.UNREADABLE) from error


def _text(text: object, most: int) -> str:
    if not isinstance(text, str) or len(text) > most:
        raise ValueError
    text.encode()  # half a character could be neither kept nor shown
    return text


def _addresses(listed: object) -> tuple[str, ...]:
    if not isinstance(listed, list) or len(listed) > MOST_ADDRESSES:
        raise ValueError
    return tuple(_text(each, LONGEST) for each in listed)


def _flag(flag: object) -> bool:
    if not isinstance(flag, bool):
        raise TypeError
    return flag
