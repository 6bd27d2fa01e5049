"""What sharing does with fingerprints of pictures that the people shown gave: lists them, takes them off, and tells
those members that agreed to have a person look at every match.

No entry here is confirmed: it makes no Media, grades nothing and reports nobody. `settle` may be called at any time
and any number of times; it compares the list with what people offer now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from nightlight.accounts import mandate
from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook import own_prints
from nightlight.casebook.models import OwnPrint
from nightlight.casebook.own_prints import KeptOff, Print, why_not
from nightlight.sharing.models import Member
from nightlight.sharing.own_image_models import OWN_IMAGES, OwnImageAgreement, OwnImageChange, OwnImageEntry
from nightlight.sharing.verbs import NotAgreed, actor
from nightlight.work import clock

if TYPE_CHECKING:
    from nightlight.fingerprint.codes import Codes

RADIUS = own_prints.RADIUS
# What every entry says of itself. None of it is a grade: nobody has seen the picture.
LABELS = {"list": OWN_IMAGES, "seen": False, "confirmed": False, "act": "a person looks at every match first"}
_CHUNK = 400  # below SQLite's limit of variables
Op, Reason, State = OwnImageChange.Op, OwnImageChange.Reason, OwnImageEntry.State


@dataclass(frozen=True, slots=True)
class OwnMatch:
    """A listed fingerprint that one item is like; `distance` in bits for a PDQ, None where only equality counts."""

    entry: OwnImageEntry
    distance: int | None = None


def has_agreed(who: Member) -> bool:
    """Whether a member agreed that a person looks at every match."""
    newest = OwnImageAgreement.objects.filter(member=who).order_by("at", "pk").last()
    return newest is not None and newest.on


def all_agreed() -> set[UUID]:
    """The members that agreed to it."""
    newest = dict(OwnImageAgreement.objects.order_by("at", "pk").values_list("member", "on"))
    return {member for member, on in newest.items() if on}


@transaction.atomic
def agree(member_id: UUID, *, on: bool, by: Person) -> Member:
    """A manager records that a member agreed that a person looks at every match, or no longer does.
    Raises Member.DoesNotExist."""
    found = Member.objects.select_for_update().get(pk=member_id)
    OwnImageAgreement.objects.create(member=found, on=on, by=by, at=clock.now())
    log.record("sharing.agree_own_images", by=by, about=found, on=on)
    return found


def may_take(who: Member) -> None:
    """Returns if the list may go to this member. Raises Closed without a mandate to share, NotAgreed."""
    mandate.require(mandate.Switch.SHARE)
    if not has_agreed(who):
        raise NotAgreed(
            f"the list {OWN_IMAGES} is not agreed with this member: it must have a person look at every match"
        )


def listed() -> int:
    """How many fingerprints are on the list."""
    return OwnImageEntry.objects.filter(state=State.LISTED).count()


def settle(report_id: UUID) -> int:
    """Brings the list in line with what a report offers now; returns the number of changes. Of a report that was taken
    back, whose fingerprints are forgotten, everything that nobody offers any more leaves. One transaction and one
    audit entry for each change."""
    rows = OwnPrint.objects.filter(report=report_id, kept_off="").values_list("type", "value")
    wanted = sorted(rows)
    if not wanted:
        mine = OwnPrint.objects.filter(type=OuterRef("type"), value=OuterRef("value"), kept_off="")
        gone = OwnImageEntry.objects.exclude(value="").filter(~Exists(mine)).order_by("pk")
        wanted = list(gone.values_list("type", "value"))
    return sum(_settle(type_, value) for type_, value in wanted)


def settle_marks() -> int:
    """Takes off what a mark made since says is to match nothing, and lists again what no mark keeps off any more;
    returns the number of changes."""
    marked = own_prints.never()
    rows = OwnImageEntry.objects.exclude(value="").order_by("pk").values_list("type", "value", "state")
    moved = [
        (type_, value)
        for type_, value, state in rows
        if (state == State.LISTED) == (why_not(Print(type_, value), marked) is KeptOff.NEVER_MATCH)
    ]
    return sum(_settle(type_, value) for type_, value in moved)


@transaction.atomic
def match(who: Member, hashes: Sequence[tuple[str, str]]) -> list[list[OwnMatch]]:
    """What of the list each hash is like, the nearest first, for a member that agreed; nothing for any other. Raises
    Closed without a mandate to share."""
    mandate.require(mandate.Switch.SHARE)
    if not hashes or not has_agreed(who):
        return [[] for _ in hashes]
    near = _near([value for type_, value in hashes if type_ == "pdq"])
    exact = [(type_, value) for type_, value in hashes if type_ != "pdq"]
    values = sorted({value for _, value in exact} | {value for each in near.values() for value in each})
    there: dict[tuple[str, str], OwnImageEntry] = {}
    for first in range(0, len(values), _CHUNK):
        rows = OwnImageEntry.objects.filter(state=State.LISTED, value__in=values[first : first + _CHUNK])
        there |= {(row.type, row.value): row for row in rows}
    found = []
    for type_, value in hashes:
        bits = near[value] if type_ == "pdq" else {value: None}
        hits = [
            OwnMatch(there[type_, other], apart) for other, apart in bits.items() if (type_, other) in there
        ]
        found.append(sorted(hits, key=lambda hit: (hit.distance or 0, hit.entry.pk)))
    log.record(
        "sharing.match_own_images",
        by=actor(who),
        about=who,
        asked=len(hashes),
        matched=sum(map(bool, found)),
    )
    return found


@transaction.atomic
def _settle(type_: str, value: str) -> int:
    """Locks the entry first and reads the facts after, so that of two settling at once the later sees all."""
    entry = _locked(type_, value)
    given = OwnPrint.objects.filter(type=type_, value=value, kept_off="").exists()
    never = why_not(Print(type_, value), own_prints.never()) is KeptOff.NEVER_MATCH
    listed = not never and own_prints.offered().filter(type=type_, value=value).exists()
    was_listed = entry.state == State.LISTED
    entry.state = State.LISTED if listed else State.DELETED
    entry.value = value if given else ""
    if listed == was_listed:
        entry.save()
        return 0
    entry.changed_at = clock.now()
    entry.save()
    op = Op.PUT if listed else Op.DELETE
    reason = "" if listed else _reason(given=given, never=never)
    written = log.record(f"sharing.{op.value}", by="system", about=entry, list=OWN_IMAGES, reason=str(reason))
    OwnImageChange.objects.create(
        entry=entry, op=op, reason=reason, at=entry.changed_at, audit_entry=written.pk
    )
    return 1


def _locked(type_: str, value: str) -> OwnImageEntry:
    """The entry of a value, locked. While it was waited for, it may have been taken back and forgotten: then anew."""
    while True:
        row, _ = OwnImageEntry.objects.get_or_create(
            type=type_, value=value, defaults={"changed_at": clock.now()}
        )
        found = OwnImageEntry.objects.select_for_update().get(pk=row.pk)
        if found.value == value:
            return found


def _reason(*, given: bool, never: bool) -> OwnImageChange.Reason:
    if not given:
        return Reason.WITHDRAWN
    return Reason.NEVER_MATCH if never else Reason.HOLD


def _near(values: list[str]) -> dict[str, dict[str, int | None]]:
    """For each PDQ the listed ones within RADIUS bits, with their distances."""
    from nightlight.fingerprint import brute, codes  # numpy, which only this needs

    asked = sorted(set(values))
    found: dict[str, dict[str, int | None]] = {value: {} for value in asked}
    newest = OwnImageChange.objects.order_by("pk").values_list("pk", flat=True).last() if asked else None
    if newest is None:
        return found
    texts, known = _codes(OwnImageChange.objects.count(), newest)
    near = brute.search(known, codes.from_hex(asked), RADIUS)
    for query, row, apart in zip(near.query, near.row, near.distance, strict=True):
        found[asked[query]][texts[row]] = int(apart)
    return found


@lru_cache(maxsize=1)
def _codes(changes: int, newest: UUID) -> tuple[tuple[str, ...], "Codes"]:
    """The listed PDQs and their codes as they were after so many changes; none is ever taken away."""
    from nightlight.fingerprint import codes

    rows = OwnImageEntry.objects.filter(state=State.LISTED, type="pdq").order_by("pk")
    texts = tuple(rows.values_list("value", flat=True))
    return texts, codes.from_hex(texts)
