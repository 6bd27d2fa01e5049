"""Pages joining notices, and leaving them, before they are packed. Everything here runs in the caller's
transaction, which holds the Case's row.

A page joins the open notice to the same recipient, step, role and law; the notice leaves GROUPING after its first
page, or at once where a child is in danger now.
"""

from datetime import datetime, timedelta
from uuid import UUID

from nightlight.casebook.models import Case
from nightlight.casebook.sealed import find
from nightlight.takedown import gates, serials
from nightlight.takedown.contacts import normal
from nightlight.takedown.laws import law_for
from nightlight.takedown.models import Notice, NoticeCase
from nightlight.takedown.routes import Way
from nightlight.work import clock, due

GROUPING = timedelta(minutes=10)
MOST_PAGES = 500  # one mail stays well under what abuse desks accept


def told(case: Case, recipient: str, step: Notice.Step) -> Notice | None:
    """The notice that already carries this page to this recipient at this step, sent or not."""
    page = (
        NoticeCase.objects.filter(
            case=case, episode=case.episode, recipient_index=find("contact", normal(recipient)), step=step
        )
        .select_related("notice")
        .first()
    )
    return page.notice if page else None


def join(case: Case, way: Way, step: Notice.Step, country: str, follows: Notice | None = None) -> Notice:
    """Puts a page into a notice and the notice among the due work. A page that was told at this step stays as it
    is: the same notice comes back and nothing is queued."""
    if found := told(case, way.recipient, step):
        return found
    serials.lock()  # two pages of one host arriving together must find the same notice
    now = clock.now()
    waits = step == Notice.Step.NOTICE and not case.danger_now
    leave_at = now + GROUPING if waits else now
    notice = _open_notice(case, way, step, country, follows) or _new(
        case, way, step, country, follows, leave_at
    )
    NoticeCase.objects.create(
        notice=notice, case=case, episode=case.episode, recipient_index=notice.recipient_index, step=step
    )
    if leave_at < notice.leave_at:
        notice.leave_at = leave_at
    notice.why_not = gates.why_not(notice)
    notice.save(update_fields=["leave_at", "why_not"])
    schedule(notice.pk, notice.leave_at)
    return notice


def schedule(notice: UUID, at: datetime) -> None:
    """Makes the notice leave at `at`, or earlier if that was due already."""
    key = f"takedown.send:{notice}"
    due.enqueue("takedown.send", key=key, due=at, notice=notice)
    due.hasten(key, at)


def drop(case: Case, why: str) -> int:
    """Takes a Case out of every notice that has not left; what is empty then is closed with `why`, a key of
    `gates.WHY_NOT`. Returns how many pages were taken out."""
    pages = list(NoticeCase.objects.filter(case=case, notice__state=Notice.State.QUEUED))
    for page in pages:
        take_out(page, why)
    return len(pages)


def take_out(page: NoticeCase, why: str) -> None:
    """Takes one page out of a queued notice, which must be packed anew, or is closed if nothing is left."""
    notice = Notice.objects.select_for_update().get(pk=page.notice_id)
    if notice.state != Notice.State.QUEUED:
        return
    page.delete()
    unpack(notice)
    if not notice.pages.exists():
        notice.state, notice.why_not = Notice.State.CLOSED, why
        notice.save(update_fields=["state", "why_not"])


def unpack(notice: Notice) -> None:
    """The packed mail is void; the notice takes pages again and is packed when it leaves."""
    notice.packed_at, notice.body = None, ""
    notice.save(update_fields=["packed_at", "body"])


def _open_notice(
    case: Case, way: Way, step: Notice.Step, country: str, follows: Notice | None
) -> Notice | None:
    candidates = Notice.objects.select_for_update().filter(
        recipient_index=find("contact", normal(way.recipient)),
        role=way.role,
        step=step,
        follows=follows,
        law=law_for(country, case.kind).id,
        needs_approval=way.approves,
        state=Notice.State.QUEUED,
        packed_at=None,
    )
    return next((notice for notice in candidates.order_by("id") if notice.pages.count() < MOST_PAGES), None)


def _new(
    case: Case, way: Way, step: Notice.Step, country: str, follows: Notice | None, leave_at: datetime
) -> Notice:
    return Notice.objects.create(
        serial=serials.next_serial(),
        recipient=normal(way.recipient),
        role=way.role,
        step=step,
        follows=follows,
        country=country,
        law=law_for(country, case.kind).id,
        needs_approval=way.approves,
        leave_at=leave_at,
        created_at=clock.now(),
    )
