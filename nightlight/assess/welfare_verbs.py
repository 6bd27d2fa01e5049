"""What can be changed about care: a manager sets the limits of the house, each person chooses for themselves, and
what was counted is forgotten in time."""

from collections.abc import Iterable
from datetime import time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess.decision import NotAllowed, Refused
from nightlight.assess.welfare_models import CareChoice, CareRule, Sight
from nightlight.audit import log
from nightlight.casebook.words import ReportKind
from nightlight.work import clock, due

KEPT = timedelta(days=35)  # real time
FORGET = "assess.forget_sights"

# The least and the most a manager may set; nobody can switch care off.
BOUNDS: dict[str, tuple[int, int]] = {
    "day_minutes": (15, 360),
    "run_minutes": (10, 90),
    "break_minutes": (6, 60),
    "last_minutes": (0, 180),
    "hold_seconds": (2, 30),
}


@transaction.atomic
def set_rule(by: Person, **limits: int) -> CareRule:
    """Sets the limits of the house; `limits` are the names of BOUNDS. Raises Refused, NotAllowed."""
    if not by.may(Permission.CARE_SET):
        raise NotAllowed(f"this needs the permission {Permission.CARE_SET.value}")
    for name, (least, most) in BOUNDS.items():
        if not least <= limits[name] <= most:
            raise Refused(name, _("from %(least)d to %(most)d") % {"least": least, "most": most})
    row = CareRule.objects.create(**limits, by=by, at=clock.real_now())
    log.record("assess.set_care", by=by, about=row, limits=limits)
    return row


@transaction.atomic
def choose(
    person: Person, *, kinds_off: Iterable[str], blur: CareChoice.Blur, grey: bool, day_ends: time | None
) -> CareChoice:
    """What a person chooses for themselves. The log says that they chose, not what. Raises Refused for no kind."""
    off = sorted(set(kinds_off))
    if not set(off) <= set(ReportKind.values):
        raise Refused("kinds_off", _("one of these is no kind of report"))
    row, _new = CareChoice.objects.update_or_create(
        person=person,
        defaults={"kinds_off": off, "blur": blur, "grey": grey, "day_ends": day_ends},
    )
    log.record("assess.choose_care", by=person, about=person)
    return row


@due.every(timedelta(days=1), FORGET)
def forget() -> None:
    """Forgets who saw what, once no limit can depend on it; the reveals stay in the log."""
    with transaction.atomic():
        gone, _rows = Sight.objects.filter(at__lt=clock.real_now() - KEPT).delete()
        if gone:
            log.record(FORGET, by="system", sights=gone)
