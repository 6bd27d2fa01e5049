"""The feed of the list `own-image-unseen`, with the cursors of `feed.py`."""

from dataclasses import dataclass

from django.db import transaction

from nightlight.audit import log
from nightlight.sharing import feed
from nightlight.sharing.models import Member
from nightlight.sharing.own_image_models import OWN_IMAGES, OwnImageChange
from nightlight.sharing.own_images import may_take
from nightlight.sharing.verbs import actor
from nightlight.work import clock


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Some changes in order, where to go on, and whether there is more now."""

    changes: list[OwnImageChange]
    next: str
    more: bool


@transaction.atomic
def read(who: Member, since: str = "", limit: int = 100) -> OwnPage:
    """The changes of the list from a cursor on (from the first if empty), `limit` at most, as one audit entry.

    Raises Closed, NotAgreed, BadCursor.
    """
    may_take(who)
    settled = feed.settled_leaves()
    start = feed.started(OWN_IMAGES, since, settled)
    feed.place(OwnImageChange, settled)
    rows = list(
        OwnImageChange.objects.filter(seq__gte=start, seq__lt=settled)
        .select_related("entry")
        .order_by("seq")[: limit + 1]
    )
    changes, more = rows[:limit], len(rows) > limit
    end = (changes[-1].seq or 0) + 1 if more else settled
    Member.objects.filter(pk=who.pk).update(last_read_at=clock.now())
    log.record("sharing.read_list", by=actor(who), about=who, list=OWN_IMAGES, count=len(changes))
    return OwnPage(changes, f"{OWN_IMAGES}.{end:x}", more)
