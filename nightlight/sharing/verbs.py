"""What sharing can do: bring the lists in line with the decisions, answer members, keep what they think."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from nightlight.accounts import mandate
from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook import fingerprints, known, practices
from nightlight.casebook.models import Case, Media
from nightlight.sharing import standing
from nightlight.sharing.models import Change, Delisting, Entry, ListName, Member, Opinion, Type
from nightlight.work import clock, due


class NotAgreed(Exception):
    """A member asks for a list that was not agreed with it."""


def entries_of(case: Case) -> QuerySet[Entry]:
    """Every entry that a Case has a part in: its address, its media, and media it confirmed with others."""
    return Entry.objects.filter(Q(case=case) | Q(media__assessments__case=case)).distinct()


@transaction.atomic
def settle(case_id: UUID) -> int:
    """Brings every entry of a Case in line with what holds now; returns how many changes that took.

    Safe to call at any time and any number of times. Raises Case.DoesNotExist.
    """
    case = Case.objects.select_related("location").get(pk=case_id)
    if case.location and case.confirmed_at:
        _entry_of_address(case)
    changes = sum(_settle_entry(pk) for pk in entries_of(case).order_by("pk").values_list("pk", flat=True))
    known.touch_case(case)
    return changes


@transaction.atomic
def list_media(media_id: UUID, case_id: UUID) -> int:
    """Makes an entry of every hash of a media that two people confirmed, and settles them; returns the number of
    changes. Lists nothing where the assessments don't show two people. Raises DoesNotExist."""
    media, case = Media.objects.get(pk=media_id), Case.objects.get(pk=case_id)
    hashes = {
        Type.SHA256: media.sha256,
        Type.SHA1: media.sha1,
        Type.MD5: media.md5,
        Type.PDQ: media.pdq if fingerprints.is_distinct(media) else "",
    }
    rows = [
        Entry.objects.get_or_create(
            type=type_,
            value=value.lower(),
            defaults={
                "list_name": ListName.HASHES,
                "media": media,
                "case": case,
                "episode": case.episode,
                "changed_at": clock.now(),
            },
        )[0]
        for type_, value in hashes.items()
        if value
    ]
    changes = sum(_settle_entry(row.pk) for row in sorted(rows, key=lambda row: row.pk))
    known.touch([media.pk])
    return changes


@transaction.atomic
def never_match(media_id: UUID, *, on: bool, reason: str, by: Person) -> int:
    """A manager marks a media as one that is to match nothing, or takes that back; its entries follow at once.
    Returns the number of changes. Raises PermissionDenied, Media.DoesNotExist, ValueError without a reason."""
    media = Media.objects.get(pk=media_id)
    practices.never_match(media, on=on, reason=reason, by=by)
    due.enqueue("sharing.own_image_marks")
    return sum(_settle_entry(pk) for pk in media.entries.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def delist(case_id: UUID, mark: UUID, *, active: bool) -> int:
    """Takes a Case off the lists until its appeal is decided, or ends that; an older request than the newest
    changes nothing. Returns the number of changes. Raises Case.DoesNotExist."""
    found, _ = Delisting.objects.get_or_create(case_id=case_id, defaults={"active": active, "mark": mark})
    found = Delisting.objects.select_for_update().get(pk=found.pk)
    if mark >= found.mark:
        found.active, found.mark = active, mark
        found.save()
    return settle(case_id)


def member(name: str) -> Member:
    """The Member a token names, made at its first call."""
    return Member.objects.get_or_create(name=name, defaults={"since": clock.now()})[0]


def may_take(who: Member, name: ListName) -> None:
    """Returns if this list may go to this member. Raises Closed without a mandate to share, NotAgreed."""
    mandate.require(mandate.Switch.SHARE)
    if name not in who.lists:
        raise NotAgreed(f"the list of {name.value} is not agreed with this member")


@transaction.atomic
def agree(member_id: UUID, lists: list[ListName], by: Person) -> Member:
    """Records which lists a member takes from now on. Raises Member.DoesNotExist."""
    found = Member.objects.select_for_update().get(pk=member_id)
    found.lists = [name for name in ListName.values if name in lists]
    found.save(update_fields=["lists"])
    log.record("sharing.agree", by=by, about=found, lists=found.lists)
    return found


@transaction.atomic
def give_opinion(
    entry_id: UUID, who: Member, opinion: Opinion.What, reason: str = "", count: int = 1
) -> Opinion:
    """Keeps what a member thinks of an entry, for a person to read; the case stays as it is.

    Raises Entry.DoesNotExist for an id that never was on a list this member takes.
    """
    entry = Entry.objects.filter(list_name__in=who.lists, changes__isnull=False).distinct().get(pk=entry_id)
    given = Opinion.objects.create(
        entry=entry, member=who, opinion=opinion, reason=reason, count=count, at=clock.now()
    )
    log.record(
        "sharing.opinion",
        by=actor(who),
        about=entry,
        member=who.pk,
        opinion=opinion,
        count=count,
        case=entry.case_id,
    )
    return given


def actor(who: Member) -> str:
    """How the log names a member (64 characters at most; the facts carry the id)."""
    return f"member:{who.name}"[:64]


def _entry_of_address(case: Case) -> Entry:
    entry, _ = Entry.objects.get_or_create(
        location=case.location,
        defaults={
            "list_name": ListName.URLS,
            "type": Type.URL,
            "case": case,
            "episode": case.episode,
            "changed_at": clock.now(),
        },
    )
    return entry


def _settle_entry(entry_id: UUID) -> int:
    """Locks the entry first and reads the facts after, so that of two settling at once the later sees all."""
    entry = Entry.objects.select_for_update(of=("self",)).select_related("case", "media").get(pk=entry_id)
    found = standing.of(entry)
    if found is None:
        return 0
    was_listed = entry.state == Entry.State.LISTED
    if found.listed == was_listed and found.labels == (entry.labels if was_listed else {}):
        return 0
    op = Change.Op.PUT if found.listed else Change.Op.DELETE
    entry.state = Entry.State.LISTED if found.listed else Entry.State.DELETED
    entry.labels = found.labels or entry.labels
    entry.episode = entry.case.episode
    entry.changed_at = clock.now()
    entry.save()
    reason = found.reason.value if found.reason else ""
    written = log.record(
        f"sharing.{op.value}",
        by="system",
        about=entry,
        case=entry.case_id,
        list=entry.list_name,
        reason=reason,
    )
    Change.objects.create(
        entry=entry,
        list_name=entry.list_name,
        op=op,
        reason=reason,
        at=entry.changed_at,
        audit_entry=written.pk,
    )
    return 1
