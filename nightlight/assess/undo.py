"""How long a decision for many cases can be undone before it leaves the house, as a manager set it."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import switchboard
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.accounts.switchboard import Group, Shown
from nightlight.assess.decision import Refused
from nightlight.assess.undo_models import UndoRule
from nightlight.audit import log
from nightlight.work import clock

DEFAULT = 10
LEAST, MOST = 5, 120  # minutes; longer, and what should come down stands
PAGE = "/desk/together/time/"


def rule() -> UndoRule | None:
    """What holds now; None before a manager set anything."""
    return UndoRule.objects.select_related("by").order_by("-at", "-pk").first()


def window() -> timedelta:
    """How long a decision for many that is taken now can be undone."""
    holds = rule()
    return timedelta(minutes=holds.minutes if holds else DEFAULT)


@transaction.atomic
def set_rule(minutes: int, by: Person) -> UndoRule:
    """Sets the minutes for what is decided from now on. Raises Refused out of LEAST to MOST, PermissionDenied."""
    if not by.may(Permission.GRADING_MANAGE):
        raise PermissionDenied(Permission.GRADING_MANAGE)
    if not LEAST <= minutes <= MOST:
        raise Refused("minutes", _("from %(least)d to %(most)d") % {"least": LEAST, "most": MOST})
    row = UndoRule.objects.create(minutes=minutes, by=by, at=clock.now())
    log.record("assess.set_undo", by=by, about=row, minutes=minutes)
    return row


def register() -> None:
    """Called once, when Django starts."""
    switchboard.register(Group("together", gettext_lazy("Deciding together"), 31, _rows))


def _rows() -> Iterator[Shown]:
    minutes = int(window().total_seconds() // 60)
    yield Shown(
        _("Minutes in which a decision for many can be undone"),
        str(minutes),
        _("The house's own: %(n)d. It can't be switched off.") % {"n": DEFAULT},
        PAGE,
    )
