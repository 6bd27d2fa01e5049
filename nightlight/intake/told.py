"""What we tell the holder of a receipt: for each stage, where things stand and what happens next."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.intake.models import Pace
from nightlight.intake.progress import Stage


@dataclass(frozen=True, slots=True)
class Told:
    """One stage in words."""

    stands: Promise | str
    next: Promise | str
    span: str = ""  # of `pace.told`, whose sentence says how long this takes


WAIT = _(
    "Please wait %(seconds)d seconds, then send it again: that keeps machines out. Nothing you wrote is lost."
)

WORDS: dict[Stage, Told] = {
    Stage.RECEIVED: Told(
        _("We have your report."),
        _("It is being put in line now. The most urgent reports come first."),
        Pace.Span.DECISION,
    ),
    Stage.IN_REVIEW: Told(
        _("Your report is with us, in review."),
        _("The most urgent reports come first."),
        Pace.Span.DECISION,
    ),
    Stage.CONFIRMED: Told(
        _("We looked, and it must come down."),
        _("We are finding out who hosts it. Then we tell them to remove it, and we tell the police."),
        Pace.Span.REMOVAL,
    ),
    Stage.IN_REMOVAL: Told(
        _("We told those who host it to remove it."),
        _("We look again several times a day until it is gone, and remind them if it takes long."),
        Pace.Span.REMOVAL,
    ),
    Stage.REMOVED: Told(
        _("It is gone from that address."),
        _("We keep looking from time to time. If it comes back, we start again without you."),
    ),
    Stage.CLOSED: Told(
        _("Your report is closed."),
        _("We have done all that we are allowed to do. If you see something new, please tell us again."),
    ),
}
