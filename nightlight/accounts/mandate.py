"""Closed until there is a mandate: a real home does nothing outward before a manager recorded the right to."""

from enum import StrEnum

from django.conf import settings

from nightlight.accounts.models import Mandate
from nightlight.work.home import is_rehearsal


class Switch(StrEnum):
    """What a mandate opens, one by one."""

    FETCH = "fetch"
    REVEAL = "reveal"
    NOTIFY = "notify"
    SHARE = "share"
    SWEEP = "sweep"


class Closed(Exception):
    """An act the mandate does not allow; the message says what is missing."""


def require(switch: Switch) -> None:
    """Returns if the act is allowed here. Raises Closed otherwise. A rehearsal's mandate is open."""
    if is_rehearsal():
        return
    mandate = Mandate.objects.order_by("-at").first()
    if mandate is None or not getattr(mandate, switch):
        raise Closed(f"closed: no mandate to {switch}")
    if switch in (Switch.FETCH, Switch.REVEAL) and not (
        settings.NIGHTLIGHT.proxy or settings.NIGHTLIGHT.direct
    ):
        raise Closed("closed: no egress proxy; set NIGHTLIGHT_PROXY, or to the word direct")


def is_open(switch: Switch) -> bool:
    """Whether `require` would return."""
    try:
        require(switch)
    except Closed:
        return False
    return True
