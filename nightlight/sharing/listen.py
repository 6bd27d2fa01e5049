"""What sharing does when other stages announce something: every announcement leads to settling the lists anew.

The work has no key: settling is safe to repeat, and work that is being done at this moment must not swallow the
request to do it once more.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q

from nightlight.casebook import events
from nightlight.casebook.models import Case, Media, OwnPrint, Report
from nightlight.sharing import own_images, verbs
from nightlight.work import due
from nightlight.work.ids import new_id

SETTLING = (
    "case_confirmed",
    "case_corrected",
    "page_gone",
    "page_returned",
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


@due.task("sharing.own_images")
def settle_own_images(report: str) -> None:
    """Brings the list of people's own pictures in line with what a report offers."""
    own_images.settle(UUID(report))


@due.task("sharing.own_image_marks")
def settle_own_image_marks() -> None:
    """Brings the list of people's own pictures in line with what is to match nothing."""
    own_images.settle_marks()


def _own_images(sender: object, report: Report, **_: Any) -> None:
    due.enqueue("sharing.own_images", report=report.pk)


def _own_case(sender: object, case: Case, **_: Any) -> None:
    """A decision or a hold touches the fingerprints of every report that the case is about."""
    about = Q(report=case.report_id) if case.report_id else Q(report__allegations__location=case.location_id)
    for report in OwnPrint.objects.filter(about).values_list("report", flat=True).distinct():
        due.enqueue("sharing.own_images", report=report)


def _case_changed(sender: object, case: Case, **_: Any) -> None:
    due.enqueue("sharing.settle", case=case.pk)


def _hold_changed(sender: object, case: Case, **_: Any) -> None:
    _case_changed(sender, case)
    _own_case(sender, case)


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
    for name in ("own_image_offered", "own_image_withdrawn"):
        getattr(events, name).connect(_own_images, dispatch_uid=f"sharing.{name}")
    events.case_dismissed.connect(_own_case, dispatch_uid="sharing.case_dismissed")
    for name in ("hold_placed", "hold_lifted"):
        getattr(events, name).connect(_hold_changed, dispatch_uid=f"sharing.{name}")
    events.media_confirmed.connect(_media_confirmed, dispatch_uid="sharing.media_confirmed")
    events.delisting_asked.connect(_delisting_asked, dispatch_uid="sharing.delisting_asked")
    events.delisting_ended.connect(_delisting_ended, dispatch_uid="sharing.delisting_ended")
