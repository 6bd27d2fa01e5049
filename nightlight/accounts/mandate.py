"""Closed until there is a mandate: a real home does nothing outward before a manager recorded the right to."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Mandate, Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.work import clock
from nightlight.work.home import is_rehearsal


class Switch(StrEnum):
    """What a mandate opens, one by one."""

    FETCH = "fetch"
    REVEAL = "reveal"
    NOTIFY = "notify"
    SHARE = "share"
    SWEEP = "sweep"


GROUNDS = ("law", "police_agreement", "jurisdictions", "data_protection", "safeguarding_lead")


class Closed(Exception):
    """An act the mandate does not allow; the message says what is missing."""


class MandateRefused(ValueError):
    """A mandate that can't be recorded; `field` names what is missing."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def require(switch: Switch) -> None:
    """Returns if the act is allowed here. Raises Closed otherwise. A rehearsal's mandate is open."""
    if is_rehearsal():
        return
    if why := _why_not(switch, current()):
        raise Closed(why)


def is_open(switch: Switch) -> bool:
    """Whether `require` would return."""
    try:
        require(switch)
    except Closed:
        return False
    return True


def opened() -> frozenset[Switch]:
    """Every switch for which `require` would return."""
    if is_rehearsal():
        return frozenset(Switch)
    holds = current()
    return frozenset(switch for switch in Switch if not _why_not(switch, holds))


def current() -> Mandate | None:
    """The mandate that holds: the newest."""
    return Mandate.objects.order_by("-at", "-pk").first()


def names_as_lead(person: Person, holds: Mandate | None) -> bool:
    """Whether a mandate names this person, by their name or address, as safeguarding lead."""
    named = holds.safeguarding_lead.casefold() if holds else ""
    return any(word and word.casefold() in named for word in (person.email, person.name))


@transaction.atomic
def record(
    by: Person,
    *,
    law: str,
    police_agreement: str,
    jurisdictions: str,
    data_protection: str,
    safeguarding_lead: str,
    signed_on: date,
    switches: Iterable[Switch],
) -> Mandate:
    """Records the right to act and what it opens; it follows the one before, which stays.

    With no switch it closes everything. Raises PermissionDenied unless `by` may record mandates (a manager), and
    MandateRefused where a switch is opened while a ground is missing or the date is still to come.
    """
    if not by.may(Permission.MANDATE_RECORD):
        raise PermissionDenied(Permission.MANDATE_RECORD)
    grounds = dict(
        zip(GROUNDS, (law, police_agreement, jurisdictions, data_protection, safeguarding_lead), strict=True)
    )
    opened = {Switch(switch) for switch in switches}
    for name, text in grounds.items():
        if opened and not text.strip():
            raise MandateRefused("nothing opens before this is written down", name)
    if signed_on > clock.now().date():
        raise MandateRefused("a mandate holds from the day it was signed, not before", "signed_on")
    row = Mandate.objects.create(
        **{name: text.strip() for name, text in grounds.items()},
        **{str(switch): switch in opened for switch in Switch},
        signed_on=signed_on,
        by=by,
        at=clock.now(),
    )
    log.record("accounts.record_mandate", by=by, about=row, opened=opened, signed_on=signed_on)
    return row


def _why_not(switch: Switch, holds: Mandate | None) -> str:
    """What keeps a switch closed in a real home, or nothing."""
    if holds is None or not getattr(holds, switch):
        return f"closed: no mandate to {switch}"
    if switch in (Switch.FETCH, Switch.REVEAL) and not (
        settings.NIGHTLIGHT.proxy or settings.NIGHTLIGHT.direct
    ):
        return "closed: no egress proxy; set NIGHTLIGHT_PROXY, or to the word direct"
    return ""
