"""Looking at one medium, when nothing else can decide: fetched into memory, checked, shown, dropped.

Nothing is kept. The entry in the log is written before the first byte is asked for, so that no sight goes unrecorded.
"""

import hashlib
import time
from uuid import UUID

from django.db import transaction

from nightlight.accounts import devices, mandate
from nightlight.accounts.devices import Seat
from nightlight.accounts.mandate import Switch
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import welfare
from nightlight.assess.decision import NotAllowed, NotNow
from nightlight.assess.purposes import RevealPurpose
from nightlight.audit import log
from nightlight.casebook import egress, holds, pages
from nightlight.casebook.models import Media, Sighting
from nightlight.fingerprint.sniff import HEAD_BYTES, MATROSKA, MP4, sniff
from nightlight.net.fetch import Fetched, Fetcher, FetchError

# What a browser draws without running anything: no SVG, no PDF.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"})
# What it plays, and what such a file must begin as: a playlist that calls itself a video would lead it elsewhere.
VIDEOS = {"video/mp4": MP4, "video/webm": MATROSKA}
SHOWN = PICTURES | VIDEOS.keys()
MOST_TRIED = 20
MOST_SECONDS = 30.0
_ANYTHING = "image/*,video/*;q=0.5,*/*;q=0.1"


class NotShown(Exception):
    """The medium can't be shown; the message says why."""


def reveal(
    case_id: UUID, sighting_id: UUID, by: Person, purpose: RevealPurpose, *, seat: Seat
) -> tuple[str, bytes]:
    """Fetches one medium of a case again and returns its type and bytes, if they are those that were recorded.

    Raises NotAllowed, Closed (no mandate), NotHere (network or device), NotNow (hold; Rest where the limits of care
    say so), NotShown, Sighting.DoesNotExist.
    """
    sighting = _permit(case_id, sighting_id, by, purpose, seat)
    kind = sighting.media.mime
    if kind not in SHOWN:
        raise NotShown(f"{kind or 'a medium of unknown kind'} is not shown here")
    body = _fetch(egress.fetcher(), sighting.location.url, sighting.media)
    if body is None:
        raise NotShown("what is at the address now is not what was recorded")
    if kind in VIDEOS and sniff(body[:HEAD_BYTES]) != VIDEOS[kind]:
        raise NotShown("it does not begin as the video it says it is")
    welfare.saw(by, sighting.location.case, sighting.media_id)
    return kind, body


@transaction.atomic
def _permit(case_id: UUID, sighting_id: UUID, by: Person, purpose: RevealPurpose, seat: Seat) -> Sighting:
    if not by.may(Permission.MEDIA_REVEAL):
        raise NotAllowed(f"this needs the permission {Permission.MEDIA_REVEAL.value}")
    mandate.require(Switch.REVEAL)
    devices.require(seat)
    sighting = Sighting.objects.select_related("media", "location__case").get(
        pk=sighting_id, location__case__pk=case_id
    )
    if until := holds.active_until(sighting.location.case):
        raise NotNow(f"police asked to hold this case until {until:%Y-%m-%d}")
    welfare.require_sight(by, sighting.location.case, sighting.media_id)
    log.record(
        "assess.reveal", by=by, about=sighting.location.case, purpose=purpose.value, media=sighting.media_id
    )
    return sighting


def _fetch(fetcher: Fetcher, url: str, wanted: Media) -> bytes | None:
    """The bytes with the recorded SHA-256, from the address itself or among the media of its page."""
    try:
        first = fetcher.fetch(url, accept=_ANYTHING)
    except FetchError as error:
        raise NotShown(f"the address can't be reached now ({type(error).__name__})") from error
    if _is(first, wanted):
        return first.body
    until = time.monotonic() + MOST_SECONDS  # somebody holds a key down meanwhile
    try:
        listed = pages.read(first).media[:MOST_TRIED]
    except pages.Unread as error:
        raise NotShown("its page can't be read safely now") from error
    for address in listed:
        if time.monotonic() > until:
            raise NotShown("it takes too long to find it on its page")
        try:
            found = fetcher.fetch(address, accept=_ANYTHING)
        except FetchError:
            continue  # another medium of the page; the wanted one may still come
        if _is(found, wanted):
            return found.body
    return None


def _is(fetched: Fetched, wanted: Media) -> bool:
    return hashlib.sha256(fetched.body).hexdigest() == wanted.sha256
