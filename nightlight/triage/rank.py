"""What comes first: one table. The lower the rank the sooner; merging reports can only make a case more urgent.

The order follows what other hotlines do: immediate danger first (NCMEC), then reports with a child or a suspect who
can be reached, then in the order received (Cybertip.ca).
"""

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Report
from nightlight.casebook.words import Channel, ReportKind


class Reason(StrEnum):
    """Why a case stands where it stands."""

    DANGER_NOW = "danger_now"
    PERSON_NAMED = "person_named"
    LIVE_STREAM = "live_stream"
    SEXUAL_EXTORTION = "sexual_extortion"
    GROOMING = "grooming"
    OWN_IMAGE = "own_image"
    KNOWN_MEDIA = "known_media"
    MATERIAL = "material"
    OTHER = "other"
    FLOOD = "flood"


# Each reason once, most urgent first: its rank is its place.
WHY: dict[Reason, Promise | str] = {
    Reason.DANGER_NOW: _("A child is said to be in danger now"),
    Reason.PERSON_NAMED: _("A child or a suspected account is known, who can be reached"),
    Reason.LIVE_STREAM: _("It is live: what happens may still be stopped"),
    Reason.SEXUAL_EXTORTION: _("Somebody is threatened, and a threat has a clock"),
    Reason.GROOMING: _("Somebody is in contact with a child"),
    Reason.OWN_IMAGE: _("The person shown asks for help"),
    Reason.KNOWN_MEDIA: _("The page shows media confirmed in another case, or media like them"),
    Reason.MATERIAL: _("Pictures or videos are reported"),
    Reason.OTHER: _("Something else is reported"),
    Reason.FLOOD: _("It came in a flood: the same words about ever new addresses of one site"),
}
RANKS: dict[Reason, int] = {reason: place for place, reason in enumerate(WHY)}

# Kinds and reasons share their names, so a kind without a rank is a KeyError at import.
KIND_RANKS: dict[ReportKind, int] = {kind: RANKS[Reason(kind.value)] for kind in ReportKind}


# Where what is reported is going on while it is reported, whatever the kind.
LIVE = frozenset({Channel.LIVE_STREAM, Channel.LIVE_VIDEO_CALL})


def is_live(report: Report) -> bool:
    """Whether a report tells of a live stream or call, by its kind or by where it happened."""
    return report.kind == ReportKind.LIVE_STREAM or report.channel in LIVE


def rank(report: Report) -> int:
    """The rank that one report asks for: danger before everything, then what is live, else its kind."""
    if report.happening_now:
        return RANKS[Reason.DANGER_NOW]
    by_kind = KIND_RANKS[ReportKind(report.kind)]
    return min(by_kind, RANKS[Reason.LIVE_STREAM]) if is_live(report) else by_kind


def leading_kind(kinds: Iterable[str]) -> ReportKind:
    """Of the kinds reported about one matter, the most urgent: the order they came in makes no difference."""
    return min((ReportKind(kind) for kind in kinds), key=KIND_RANKS.__getitem__)


def reason(priority: int) -> Reason:
    """The reason behind a rank."""
    return list(WHY)[priority]


def raised(priority: int, why: Reason) -> int:
    """The rank of a case with one more reason: never less urgent than before."""
    return min(priority, RANKS[why])
