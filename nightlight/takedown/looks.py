"""Taking one look at a Case's address: what stands there now, judged against the first look. Writes nothing.

Headers and the page's words come first; its media are fetched only while those can't decide, hashed in memory and
dropped.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from nightlight.accounts import mandate
from nightlight.casebook import egress, holds, pages
from nightlight.casebook.models import Assessment, Case, Media
from nightlight.casebook.pages import Page
from nightlight.casebook.words import Outcome
from nightlight.net.errors import (
    FetchError,
    Obstacle,
    Refused,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from nightlight.net.fetch import Fetched
from nightlight.net.resolve import CannotTell, NoSuchName
from nightlight.net.suffix import registrable
from nightlight.takedown import alike, likeness, manners
from nightlight.takedown.models import Check, Trace
from nightlight.takedown.verdict import GONE_STATUS, Known, Reason, Shown, State, found_enough, judge
from nightlight.work import clock

PAGE_BYTES = 2_000_000  # read of a page
MEDIA_BYTES = (
    10_000_000  # read of one medium; of a longer one the beginning is hashed, at every look the same
)
LOOK_BYTES = 60_000_000  # of media in one look
LOOK_SECONDS = 45.0  # real time for all media of one look
MOST_MEDIA = 40

_READABLE = ("text/", "application/xhtml")
# Why a first look that could not tell has still read the page that people saw, so that its words can be compared.
_READ = frozenset({Reason.NOT_RECOGNISED, Reason.REMOVED_TEXT})
_OBSTACLES = {
    Obstacle.NO_SUCH_NAME: Reason.DNS,  # of a redirect: the address itself has just been resolved
    Obstacle.CANNOT_RESOLVE: Reason.DNS,
    Obstacle.CONNECTION: Reason.REFUSED,
    Obstacle.CERTIFICATE: Reason.TLS,
    Obstacle.TLS: Reason.TLS,
    Obstacle.PROXY: Reason.PROXY,
}
_FAILURES: dict[type[FetchError], Reason] = {
    TimedOut: Reason.TIMEOUT,
    TooLarge: Reason.TOO_LARGE,
    TooManyRedirects: Reason.REDIRECT_LOOP,
}


class OnHold(Exception):
    """Police asked that this Case not be looked at; `until` says how long."""

    def __init__(self, until: datetime) -> None:
        super().__init__("on hold")
        self.until = until


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. `at` is the hotline's time; `first` says that it was taken as a first look; `shows` that what was
    confirmed was there, also when it was on another host. Digests are keyed, `media` are SHA-256."""

    at: datetime
    episode: int
    state: Check.State
    reason: Reason
    first: bool = False
    shows: bool = False
    status: int | None = None
    page: str = ""
    sketch: str = ""
    media: tuple[str, ...] = ()
    host_index: str = ""
    addresses: str = ""


def take(case: Case) -> Seen:
    """Looks at a Case's address. Takes seconds of real time; call it outside any transaction.

    Raises mandate.Closed without a mandate to fetch, OnHold while police ask for silence, and ValueError for a
    Case without an address. What the network does never raises: it is `cannot_tell` with its reason.
    """
    mandate.require(mandate.Switch.FETCH)
    if until := holds.active_until(case):
        raise OnHold(until)
    location = case.location
    if location is None:
        raise ValueError("a case without an address can't be looked at")
    known = known_of(case)
    try:
        ips = egress.resolver().addresses(location.host)
    except NoSuchName:
        return _seen(case, known, (State.GONE, Reason.NO_SUCH_NAME))
    except CannotTell:
        return _seen(case, known, (State.CANNOT_TELL, Reason.DNS))
    addresses = likeness.keyed("addresses", ",".join(sorted(ips)))
    elsewhere = not known.first and _elsewhere(case, ips)
    try:
        fetched = _get(location.url, location.host, PAGE_BYTES)
    except Refused:
        return _seen(case, known, (State.CANNOT_TELL, Reason.NOT_PUBLIC), addresses=addresses)
    except FetchError as error:
        verdict = (State.CANNOT_TELL, why(error))
        if elsewhere:
            verdict = (State.MOVED, Reason.OTHER_NETWORK)
        return _seen(case, known, verdict, addresses=addresses)
    try:
        shown = _shown(fetched, known)
    except pages.Unread as error:  # whatever its status says: a page that we can't read proves nothing
        reason = Reason.NO_READER if isinstance(error, pages.NoReader) else Reason.UNREADABLE
        return _seen(case, known, (State.CANNOT_TELL, reason), addresses=addresses)
    verdict = judge(known, shown)
    host = _host(fetched.url)
    sent_on = not known.first and _sent_on(host, location.domain, known)
    shows = verdict[0] == State.UP
    if verdict[0] != State.GONE and (sent_on or elsewhere):
        verdict = State.MOVED, Reason.REDIRECT_OTHER_HOST if sent_on else Reason.OTHER_NETWORK
    return _seen(case, known, verdict, shows=shows, shown=shown, host=host, addresses=addresses)


def first_look(case: Case) -> Check | None:
    """The look that later ones of this episode are compared with: the newest first one, unless people confirmed
    anew what stands there since."""
    first = (
        Check.objects.filter(case=case, episode=case.episode, kind=Check.Kind.FIRST).order_by("-at").first()
    )
    if first is None:
        return None
    again = Assessment.objects.filter(
        case=case, outcome=Outcome.CONFIRMED, is_final=True, at__gt=first.at
    ).exists()
    return None if again else first


def known_of(case: Case) -> Known:
    """What a look at this Case must find."""
    first = first_look(case)
    confirmed = Media.objects.filter(assessments__case=case, assessments__outcome=Outcome.CONFIRMED)
    chosen = frozenset(confirmed.values_list("sha256", flat=True))
    expected = chosen or frozenset(
        Media.objects.filter(sightings__location=case.location_id).values_list("sha256", flat=True)
    )
    if first is None or first.state == State.GONE:
        return Known(
            media=expected, chosen=bool(chosen), first=first is None, prints=alike.prints_of(expected)
        )
    if first.state == State.CANNOT_TELL and first.reason not in _READ:
        return Known(media=expected, chosen=bool(chosen), prints=alike.prints_of(expected))
    seen = frozenset(first.media)
    media = chosen & seen or (seen if first.state == State.UP else frozenset())
    return Known(
        media=media,
        chosen=bool(chosen & media),
        others=seen - media,
        page=first.page_digest,
        sketch=first.sketch,
        host_index=first.host_index,
        prints=alike.prints_of(media),
    )


def why(error: FetchError) -> Reason:
    """Our word for what kept us from an answer."""
    if isinstance(error, Unreachable):
        return _OBSTACLES.get(error.reason, Reason.PROTOCOL)
    return _FAILURES.get(type(error), Reason.NOT_PUBLIC)


def _seen(
    case: Case,
    known: Known,
    verdict: tuple[Check.State, Reason],
    *,
    shows: bool = False,
    shown: Shown | None = None,
    host: str = "",
    addresses: str = "",
) -> Seen:
    state, reason = verdict
    return Seen(
        at=clock.now(),
        episode=case.episode,
        state=state,
        reason=reason,
        first=known.first,
        shows=shows,
        status=shown.status if shown else None,
        page=shown.page if shown else "",
        sketch=shown.sketch if shown and known.first else "",
        media=shown.media if shown else (),
        host_index=likeness.keyed("host", host),
        addresses=addresses,
    )


def _get(url: str, host: str, most: int) -> Fetched:
    with manners.turn(host):
        return egress.fetcher().fetch(url, max_bytes=most)


def _shown(fetched: Fetched, known: Known) -> Shown:
    """What an answer shows; its media are fetched only where status and words leave it open. Raises pages.Unread."""
    kind = fetched.headers.get("content-type", "text/html").strip().lower()
    good = 200 <= fetched.status < 300
    if good and not kind.startswith(_READABLE):
        return _file(fetched, known)
    page = pages.read(fetched)
    shown = Shown(
        status=fetched.status,
        page=likeness.digest(page),
        sketch=likeness.sketch(page),
        removed=page.reads_as_removed,
        robots=page.blocks_robots,
    )
    return _with_media(shown, page, known) if good and (known.first or known.media) else shown


def _file(fetched: Fetched, known: Known) -> Shown:
    """An address that is a file itself, such as a picture."""
    body = fetched.body
    if fetched.truncated:
        try:
            body = _get(fetched.url, _host(fetched.url), MEDIA_BYTES).body
        except FetchError:
            return Shown(status=fetched.status, unreached=1)
    found = hashlib.sha256(body).hexdigest()
    return Shown(status=fetched.status, media=(found,), alike=_is_alike(body, found, known))


def _with_media(shown: Shown, page: Page, known: Known) -> Shown:
    """Fetches a page's media in its order until they prove that what was confirmed is there."""
    found: dict[str, None] = {}
    missing = unreached = 0
    near = False
    left, deadline = LOOK_BYTES, time.monotonic() + LOOK_SECONDS
    for at, url in enumerate(page.media):
        if not known.first and found_enough(known, found.keys()):
            break
        if at >= MOST_MEDIA or left <= 0 or time.monotonic() > deadline:
            unreached += 1
            break
        try:
            medium = _get(url, _host(url), min(MEDIA_BYTES, left))
        except FetchError as error:
            nowhere = isinstance(error, Unreachable) and error.reason is Obstacle.NO_SUCH_NAME
            missing, unreached = missing + nowhere, unreached + (not nowhere)
            continue
        left -= len(medium.body)
        is_missing = _is_missing(medium)
        if is_missing:
            missing += 1
        elif is_missing is None:
            unreached += 1
        elif 200 <= medium.status < 300:
            sha256 = hashlib.sha256(medium.body).hexdigest()
            found[sha256] = None
            near = near or _is_alike(medium.body, sha256, known)
        else:
            unreached += 1
    return Shown(
        status=shown.status,
        page=shown.page,
        sketch=shown.sketch,
        removed=shown.removed,
        robots=shown.robots,
        media=tuple(found),
        missing=missing,
        unreached=unreached,
        alike=near,
    )


def _is_alike(body: bytes, sha256: str, known: Known) -> bool:
    """Whether a file that is none of those expected is nearly one of their pictures."""
    if known.first or not known.prints or sha256 in known.media | known.others:
        return False
    return alike.is_alike(body, known.prints)


def _is_missing(medium: Fetched) -> bool | None:
    """Whether a medium's address says that it is gone, by its status or with a note in place of the medium; None
    where the note can't be read."""
    if medium.status in GONE_STATUS:
        return True
    kind = medium.headers.get("content-type", "").strip().lower()
    try:
        return kind.startswith("text/html") and pages.read(medium).reads_as_removed
    except pages.Unread:
        return None


def _host(url: str) -> str:
    """The host of a canonical address."""
    authority = url.partition("://")[2].partition("/")[0]
    return authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]


def _sent_on(host: str, domain: str, known: Known) -> bool:
    """Whether the answer came from another site than the reported one and than the first look's."""
    return registrable(host) != domain and likeness.keyed("host", host) != known.host_index


def _elsewhere(case: Case, ips: list[str]) -> bool:
    """Whether the name leads to none of the networks that were traced. Where the registry named none, the blocks
    around the traced addresses count: /24 and /48, the smallest that are routed."""
    trace = Trace.objects.filter(case=case, of=Trace.Of.PAGE).order_by("-at", "-id").first()
    if trace is None:
        return False
    named = json.loads(trace.networks or "[]")
    around = [
        f"{ip}/{24 if ip_address(ip).version == 4 else 48}" for ip in json.loads(trace.addresses or "[]")
    ]
    blocks = [ip_network(block, strict=False) for block in named or around]
    return bool(blocks) and not any(ip_address(ip) in block for ip in ips for block in blocks)
