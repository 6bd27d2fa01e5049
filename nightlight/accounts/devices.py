"""The machines that material may be seen on, outside a rehearsal: named by a manager, none to begin with.

A manager who sits at a machine names it; its browser then carries a secret cookie, and the database a keyed digest of
it. A cookie can be copied by whoever rules the machine: it keeps an honest person from opening material at home, and
beside a named network it is one lock of two.
"""

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nightlight.accounts import caller, networks
from nightlight.accounts.device_models import DeskDevice
from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.vault.tokens import new_token, token_digest
from nightlight.work import clock
from nightlight.work.home import is_rehearsal, ring

COOKIE = "device"
PATH = "/desk/"
KEPT = 400 * 24 * 3600  # seconds; the longest a browser keeps a cookie


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody sits: the network address they connect from, None where it can't be told, and the secret of
    their device, empty without one."""

    address: str | None
    secret: str


class NotHere(Exception):
    """Material is not shown at this place; the message says what is missing."""


def seat(request: HttpRequest) -> Seat:
    """Where a request comes from."""
    return Seat(caller.direct(request), request.COOKIES.get(COOKIE, ""))


@transaction.atomic
def name(label: str, by: Person) -> tuple[DeskDevice, str]:
    """Names a device; returns it and its secret, the only time it is seen."""
    secret = new_token("device")
    row = DeskDevice.objects.create(label=label, digest=token_digest(ring(), secret), by=by, at=clock.now())
    log.record("accounts.name_device", by=by, about=row)
    return row, secret


@transaction.atomic
def drop(device: DeskDevice, by: Person) -> None:
    """Takes a device back: nothing is shown on it from now on."""
    if device.dropped_at is None:
        device.dropped_at = clock.now()
        device.save(update_fields=["dropped_at"])
        log.record("accounts.drop_device", by=by, about=device)


def find(secret: str) -> DeskDevice | None:
    """The named device with this secret."""
    if not secret:
        return None
    return DeskDevice.objects.filter(digest=token_digest(ring(), secret), dropped_at=None).first()


def require(place: Seat) -> None:
    """Passes where the network and the device were both named, and everywhere in a rehearsal. Raises NotHere."""
    if is_rehearsal():
        return
    if not networks.admits(place.address):
        raise NotHere(_("Media are shown only in networks that a manager named; this is none of them."))
    if find(place.secret) is None:
        raise NotHere(_("Media are shown only on devices that a manager named; this is none of them."))


def mark(answer: HttpResponse, secret: str, *, secure: bool) -> None:
    """Gives the browser its secret. It is sent back to the desk only, and no script reads it."""
    answer.set_cookie(
        COOKIE, secret, max_age=KEPT, path=PATH, secure=secure, httponly=True, samesite="Strict"
    )
