"""What a look means: what the page showed, compared with what stood there at the first look.

Pure: no network and no database, so that every case can be told apart in a test. The rules are those of the
contract (`docs/api.md`, watching): gone is only what says so itself; everything else that differs is for a person.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from nightlight.takedown.likeness import alike
from nightlight.takedown.models import Check

State = Check.State


class Reason(StrEnum):
    """Why a look says what it says. A word, kept in the clear; never text from the page."""

    FIRST = "first"
    SAME_PAGE = "same_page"
    SAME_MEDIA = "same_media"
    SHOWN_ANYWAY = "shown_anyway"  # the status says not found, the page is the one that was confirmed
    HTTP_404 = "http_404"
    HTTP_410 = "http_410"
    NO_SUCH_NAME = "no_such_name"
    REMOVED_TEXT = "removed_text"
    MEDIA_REMOVED = "media_removed"  # the page stands, its media answer "not found"
    OTHER_PAGE = "other_page"
    OTHER_MEDIA = "other_media"
    ALIKE_MEDIA = "alike_media"  # another file that is nearly the picture that was confirmed: a person looks
    OTHER_NETWORK = "other_network"
    REDIRECT_OTHER_HOST = "redirect_other_host"
    NOT_RECOGNISED = "not_recognised"  # a first look that did not find what people confirmed
    NO_FIRST_LOOK = "no_first_look"  # nothing to compare with
    MEDIA_UNREACHABLE = "media_unreachable"
    ROBOTS = "robots"
    HTTP_401 = "http_401"
    HTTP_403 = "http_403"
    HTTP_429 = "http_429"
    HTTP_451 = "http_451"  # withheld for legal reasons, perhaps only from this country
    HTTP_3XX = "http_3xx"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    DNS = "dns"
    TLS = "tls"
    PROTOCOL = "protocol"
    PROXY = "proxy"
    TOO_LARGE = "too_large"
    REDIRECT_LOOP = "redirect_loop"
    NOT_PUBLIC = "not_public"  # leads to where the fetcher must not go
    UNREADABLE = "unreadable"  # the page broke its reader, or took more time or memory than a page may
    NO_READER = "no_reader"  # no process to read pages in could be started
    NO_MANDATE = "no_mandate"


Verdict = tuple[Check.State, Reason]

GONE_STATUS = {404: Reason.HTTP_404, 410: Reason.HTTP_410}
_CANNOT_TELL_STATUS = {
    401: Reason.HTTP_401,
    403: Reason.HTTP_403,
    429: Reason.HTTP_429,
    451: Reason.HTTP_451,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What must still be there.

    `media` are SHA-256: those that people chose when they confirmed (`chosen`, then one of them is enough), or all
    that the first look saw; `others` stood beside them. `page` and `sketch` are the first look's (`likeness`);
    `first` says that this look is to be the first, and then `media` is what was sighted before. `prints` are the PDQ
    of the pictures among `media`.
    """

    media: frozenset[str] = frozenset()
    chosen: bool = False
    others: frozenset[str] = frozenset()
    page: str = ""
    sketch: str = ""
    host_index: str = ""
    first: bool = False
    prints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address showed in the end: `page` and `sketch` are empty for a file, `media` are SHA-256 in order;
    `missing` media answered "not found", `unreached` could not be looked at; `alike` says that one of them is another
    file, but nearly a picture that must still be there."""

    status: int
    page: str = ""
    sketch: str = ""
    removed: bool = False
    robots: bool = False
    media: tuple[str, ...] = ()
    missing: int = 0
    unreached: int = 0
    alike: bool = False


def judge(known: Known, shown: Shown) -> Verdict:
    """What an answer of the address means, wherever it came from."""
    if not 200 <= shown.status < 300:
        return _by_status(known, shown)
    like = _like(known, shown)
    if _shows(known, shown, like=like):
        return State.UP, Reason.SAME_MEDIA
    if known.first:
        return _first(known, shown)
    if shown.alike:  # likeness proves neither that it stands nor that it is gone
        return State.CHANGED, Reason.ALIKE_MEDIA
    if like and known.media and shown.unreached:
        return State.CANNOT_TELL, Reason.MEDIA_UNREACHABLE
    if shown.removed and (known.media or not like):
        return State.GONE, Reason.REMOVED_TEXT
    if shown.robots:
        return State.CANNOT_TELL, Reason.ROBOTS
    return _by_media(known, shown, like=like) if known.media else _by_page(known, like=like)


def found_enough(known: Known, media: Set[str]) -> bool:
    """Whether media seen so far already prove that what was confirmed is there."""
    return bool(known.media & media) if known.chosen else bool(known.media) and known.media <= media


def _shows(known: Known, shown: Shown, *, like: bool) -> bool:
    seen = frozenset(shown.media)
    if found_enough(known, seen):
        return True
    # Nobody chose: advertisements come and go, but on a like page most must be there and none be missing.
    most = 2 * len(known.media & seen) > len(known.media)
    return not known.chosen and not shown.missing and most and (like or known.first)


def _like(known: Known, shown: Shown) -> bool:
    return bool(known.page) and (known.page == shown.page or alike(known.sketch, shown.sketch))


def _by_status(known: Known, shown: Shown) -> Verdict:
    if shown.status in GONE_STATUS:
        if known.page and known.page == shown.page:
            return State.UP, Reason.SHOWN_ANYWAY
        return State.GONE, GONE_STATUS[shown.status]
    if shown.robots and shown.status not in (401, 429):
        return State.CANNOT_TELL, Reason.ROBOTS
    family = {3: Reason.HTTP_3XX, 5: Reason.HTTP_5XX}.get(shown.status // 100, Reason.HTTP_4XX)
    return State.CANNOT_TELL, _CANNOT_TELL_STATUS.get(shown.status, family)


def _first(known: Known, shown: Shown) -> Verdict:
    """A first look finds what is there; words alone don't outweigh the people who saw it."""
    if shown.removed:
        return (State.GONE if known.media else State.CANNOT_TELL), Reason.REMOVED_TEXT
    if shown.robots:
        return State.CANNOT_TELL, Reason.ROBOTS
    if known.media or not (shown.page or shown.media):
        return State.CANNOT_TELL, Reason.NOT_RECOGNISED
    return State.UP, Reason.FIRST


def _by_media(known: Known, shown: Shown, *, like: bool) -> Verdict:
    if shown.unreached:
        return State.CANNOT_TELL, Reason.MEDIA_UNREACHABLE
    strange = set(shown.media) - known.media - known.others
    if like and shown.missing and not strange:
        return State.GONE, Reason.MEDIA_REMOVED
    return State.CHANGED, Reason.OTHER_MEDIA if like or not shown.page else Reason.OTHER_PAGE


def _by_page(known: Known, *, like: bool) -> Verdict:
    if like:
        return State.UP, Reason.SAME_PAGE
    if not known.page:
        return State.CANNOT_TELL, Reason.NO_FIRST_LOOK
    return State.CHANGED, Reason.OTHER_PAGE
