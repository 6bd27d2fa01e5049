"""The fingerprints that people give of pictures of themselves: taken in, checked, and forgotten when taken back.

They are given so that companies can find copies of a picture that nobody here has seen. So they are no Media: they
grade nothing, match no case, and stay off every list where they could hit pictures of other people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from nightlight.casebook import known
from nightlight.casebook.own_image_models import OwnPrint
from nightlight.casebook.packed import MIN_QUALITY
from nightlight.casebook.words import Outcome, State
from nightlight.work import clock

if TYPE_CHECKING:
    from nightlight.casebook.models import Report

MOST_OF_A_REPORT = 200  # fingerprints of one report that may go on a list; a video gives one a second
RADIUS = 31
# Half the bits of a PDQ are above its median, by how it is made; a flat or invented one is far from that.
FEWEST_ONES, MOST_ONES = 96, 160
_NOT_OURS = (
    Outcome.NOT_ILLEGAL,
    Outcome.OUT_OF_REMIT,
)  # that nobody can see the picture says nothing against it
KeptOff = OwnPrint.KeptOff


@dataclass(frozen=True, slots=True)
class Print:
    """A fingerprint as given: `type` such as `pdq`, `value` in hex, and a PDQ's quality where it was said."""

    type: str
    value: str
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """What is to match nothing: the exact hashes, and the PDQs as numbers."""

    exact: frozenset[str]
    near: tuple[int, ...]


def never() -> Never:
    """What managers marked as matching nothing, as of now."""
    media = [mark.media for mark in known.all_never_matching()]
    exact = {value.lower() for each in media for value in (each.sha256, each.sha1, each.md5) if value}
    return Never(frozenset(exact), tuple(int(each.pdq, 16) for each in media if each.pdq))


def why_not(each: Print, marked: Never) -> KeptOff | None:
    """Why a fingerprint may be on no list by itself, None if it may."""
    if each.type != "pdq":
        return KeptOff.NEVER_MATCH if each.value in marked.exact else None
    code = int(each.value, 16)
    ones = code.bit_count()
    if not FEWEST_ONES <= ones <= MOST_ONES or (each.quality is not None and each.quality < MIN_QUALITY):
        return KeptOff.TOO_PLAIN
    if any((code ^ other).bit_count() <= RADIUS for other in marked.near):
        return KeptOff.NEVER_MATCH
    return None


def keep(report: "Report", given: Sequence[Print], *, too_many: bool) -> list[OwnPrint]:
    """Writes down the fingerprints of a report, each with what keeps it off every list. `too_many`: whoever sent
    them sent too many before, so that none of these goes on one."""
    marked = never()
    rows = []
    for number, each in enumerate(given):
        full = too_many or number >= MOST_OF_A_REPORT
        reason = why_not(each, marked) or (KeptOff.TOO_MANY if full else "")
        rows.append(
            OwnPrint(report=report, type=each.type, value=each.value, quality=each.quality, kept_off=reason)
        )
    return OwnPrint.objects.bulk_create(rows)


def forget(report: "Report") -> int:
    """Deletes the fingerprints of a report that is taken back; returns how many there were."""
    count, _ = OwnPrint.objects.filter(report=report).delete()
    return count


def offered() -> "QuerySet[OwnPrint]":
    """Those that may be on a list: checked when they came, of a report that stands, with no case that police hold,
    and that no person found to be about something else."""
    from nightlight.casebook.models import Assessment, Case, Hold

    of_report = Q(report=OuterRef("report")) | Q(location__allegations__report=OuterRef("report"))
    held = Hold.objects.filter(case=OuterRef("pk"), lifted_at=None, until__gt=clock.now())
    not_ours = Assessment.objects.filter(case=OuterRef("pk"), is_final=True, outcome__in=_NOT_OURS)
    return OwnPrint.objects.filter(
        ~Exists(Case.objects.filter(of_report).filter(Q(state=State.ON_HOLD) | Exists(held))),
        ~Exists(Case.objects.filter(Exists(not_ours), report=OuterRef("report"), state=State.DISMISSED)),
        kept_off="",
        report__withdrawn_at__isnull=True,
    )
