"""What a manager switched on or off for the whole house; each change a row and an entry in the log."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Media, NeverMatch, Practice
from nightlight.work import clock

THROUGH_EDITS = Practice.Name.THROUGH_EDITS


def is_on(name: Practice.Name) -> bool:
    """Whether it is on; nothing is before a manager switched it on."""
    newest = Practice.objects.filter(name=name).order_by("-at", "-id").first()
    return newest is not None and newest.on


@transaction.atomic
def switch(name: Practice.Name, *, on: bool, by: Person) -> Practice:
    """Switches it on or off, as this person's recorded act. Raises PermissionDenied."""
    _need(by)
    row = Practice.objects.create(name=name, on=on, by=by, at=clock.now())
    log.record("casebook.switch", by=by, about=row, practice=name, on=on)
    return row


@transaction.atomic
def never_match(media: Media, *, on: bool, reason: str, by: Person) -> NeverMatch:
    """Marks a Media as matching nothing, a logo for example, or takes the mark back; `reason` is for the desk.
    Raises PermissionDenied, and ValueError for a mark without a reason."""
    _need(by)
    if on and not reason.strip():
        raise ValueError("others must be able to tell why this is never to match")
    row = NeverMatch.objects.create(media=media, on=on, reason=reason.strip(), by=by, at=clock.now())
    log.record("casebook.never_match", by=by, about=row, media=media.pk, on=on)
    return row


def _need(by: Person) -> None:
    if not by.may(Permission.SHARING_MANAGE):
        raise PermissionDenied(Permission.SHARING_MANAGE)
