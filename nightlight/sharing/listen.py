"""What sharing does when other stages announce something: every announcement leads to settling the lists anew.

The work has no key: settling is safe to repeat, and work that is being done at this moment must not swallow the
request to do it once more.
"""

from typing import Any
from uuid import UUID

from nightlight.casebook import events
from nightlight.casebook.models import Case, Media
from nightlight.sharing import verbs
from nightlight.work import due
from nightlight.work.ids import new_id

SETTLING = (
    "case_confirmed",
    "case_corrected",
    "page_gone",
    "page_returned",
    "hold_placed",
    "hold_lifted",
)


@due.task("sharing.settle")
def settle(case: str) -> None:
    """Brings the lists in line with a Case."""
    verbs.settle(UUID(case))


@due.task("sharing.list_media")
def list_media(media: str, case: str) -> None:
    """Lists the hashes of a media that two people confirmed."""
    verbs.list_media(UUID(media), UUID(case))


@due.task("sharing.delist")
def delist(case: str, mark: str, active: str) -> None:
    """Takes a Case off the lists for the time of an appeal, or ends that."""
    verbs.delist(UUID(case), UUID(mark), active=active == "yes")


def _case_changed(sender: object, case: Case, **_: Any) -> None:
    due.enqueue("sharing.settle", case=case.pk)


def _media_confirmed(sender: object, media: Media, case: Case, **_: Any) -> None:
    due.enqueue("sharing.list_media", media=media.pk, case=case.pk)


def _delisting_asked(sender: object, case: Case, **_: Any) -> None:
    due.enqueue("sharing.delist", case=case.pk, mark=new_id(), active="yes")


def _delisting_ended(sender: object, case: Case, **_: Any) -> None:
    due.enqueue("sharing.delist", case=case.pk, mark=new_id(), active="no")


def connect() -> None:
    """Connects the listeners; called once, when Django starts."""
    for name in SETTLING:
        getattr(events, name).connect(_case_changed, dispatch_uid=f"sharing.{name}")
    events.media_confirmed.connect(_media_confirmed, dispatch_uid="sharing.media_confirmed")
    events.delisting_asked.connect(_delisting_asked, dispatch_uid="sharing.delisting_asked")
    events.delisting_ended.connect(_delisting_ended, dispatch_uid="sharing.delisting_ended")
