"""Reading a reported page once: its words, and the hashes of what it shows. Media live in memory only.

The page is taken apart where its media are opened, in a process of its own: one that breaks its reader is an outcome.
Every medium gets its cryptographic digests. What a picture or a video is like is asked of a hasher, which opens it in
a process of its own; where that gives nothing, the reason is kept as a word.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from nightlight.casebook import pages
from nightlight.casebook.hashing import Hasher
from nightlight.fingerprint import Digests, digests
from nightlight.fingerprint.errors import MediaError
from nightlight.fingerprint.sandbox import Fingerprints, Unavailable
from nightlight.net.errors import (
    FetchError,
    Obstacle,
    Refused,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from nightlight.net.fetch import Fetched, Fetcher
from nightlight.triage.models import Reading

MOST_MEDIA = 20
MEDIA_SECONDS = 120.0  # after that the rest is left for a person
MOST_TEXT = 4_000

Outcome = Reading.Outcome
UNAVAILABLE = (
    "unavailable"  # no process to open it with: says nothing about it, and the next reading tries again
)
_MEDIA = ("image/", "video/", "audio/")
_FAILURES: tuple[tuple[type[FetchError], Reading.Outcome], ...] = (
    (Refused, Outcome.REFUSED),
    (TooLarge, Outcome.TOO_LARGE),
    (TimedOut, Outcome.TIMED_OUT),
    (TooManyRedirects, Outcome.TOO_MANY_REDIRECTS),
    (Unreachable, Outcome.UNREACHABLE),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One medium a page shows: its digests, the type the server named, and its fingerprints, or the word for why
    there are none: a MediaError's name, or `UNAVAILABLE`."""

    digests: Digests
    mime: str
    prints: Fingerprints | None = None
    unhashed: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reading gave. `listed` counts the media the page names, `shown` those that were read."""

    outcome: Reading.Outcome
    status: int | None = None
    title: str = ""
    text: str = ""
    listed: int = 0
    shown: tuple[Shown, ...] = ()


def look(
    url: str,
    fetcher: Fetcher,
    clock: Callable[[], float] = time.monotonic,
    hasher: Hasher | None = None,
) -> Seen:
    """Reads a page in a process of its own and hashes up to MOST_MEDIA of its media, without a `hasher` by their
    digests only. A page that can't be fetched or read is an outcome, no error."""
    try:
        fetched = fetcher.fetch(url)
    except FetchError as error:
        return Seen(_failure(error))
    try:
        shown = pages.read(fetched)
    except pages.Unreadable:
        return Seen(Outcome.UNREADABLE, fetched.status)
    except pages.NoReader:
        return Seen(Outcome.NO_READER, fetched.status)
    return Seen(
        outcome=_outcome(shown),
        status=fetched.status,
        title=shown.title[:MOST_TEXT],
        text=shown.text[:MOST_TEXT],
        listed=len(shown.media),
        shown=() if shown.blocks_robots else _media(shown.media, fetched, fetcher, clock, hasher),
    )


def _outcome(shown: pages.Page) -> Reading.Outcome:
    if shown.blocks_robots:
        return Outcome.TURNED_AWAY
    return Outcome.REMOVED if shown.reads_as_removed else Outcome.READ


def _failure(error: FetchError) -> Reading.Outcome:
    if isinstance(error, Unreachable) and error.reason is Obstacle.NO_SUCH_NAME:
        return Outcome.NO_SUCH_NAME
    return next(outcome for kind, outcome in _FAILURES if isinstance(error, kind))


def _media(
    urls: tuple[str, ...],
    already: Fetched,
    fetcher: Fetcher,
    clock: Callable[[], float],
    hasher: Hasher | None,
) -> tuple[Shown, ...]:
    end = clock() + MEDIA_SECONDS
    found: dict[str, Shown] = {}
    for url in urls[:MOST_MEDIA]:
        if clock() > end:
            break
        try:
            medium = _medium(already if url == already.url else fetcher.fetch(url), hasher)
        except FetchError:  # one that can't be read is missing in the count of those that were
            continue
        if medium:
            found[medium.digests.sha256] = medium
    return tuple(found[sha256] for sha256 in sorted(found))


def _medium(fetched: Fetched, hasher: Hasher | None) -> Shown | None:
    mime = fetched.headers.get("content-type", "").partition(";")[0].strip().lower()
    if fetched.status != 200 or not fetched.body or not mime.startswith(_MEDIA):
        return None
    taken = digests(fetched.body)
    if hasher is None:
        return Shown(taken, mime[:64])
    try:
        return Shown(taken, mime[:64], hasher(fetched.body))
    except MediaError as error:
        return Shown(taken, mime[:64], unhashed=error.name)
    except Unavailable:
        return Shown(taken, mime[:64], unhashed=UNAVAILABLE)
