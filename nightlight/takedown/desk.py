"""What a person at the desk decides about notices, waiting cases and routes. Each function is one transaction and one
entry in the log; each raises NotNow, with a sentence to show, where it does not fit how things stand.
"""

from uuid import UUID

from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.audit import log
from nightlight.casebook import events, holds, states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.hosting.trace import ONION
from nightlight.takedown import gates, packing, queue, send, verbs, watch
from nightlight.takedown.contacts import contacts_of, is_confirmed, is_mail_address, normal
from nightlight.takedown.models import ConfirmedContact, Notice, NoticeCase, Route, Trace
from nightlight.takedown.verbs import SETTLED_BY_A_WAY, NotNow
from nightlight.work import clock

N = Notice.State
CLOSABLE = frozenset({State.WAITING, State.NOTICED, State.HANDED_OVER})


@transaction.atomic
def settle_doubt(notice_id: UUID | str, *, arrived: bool, by: Person) -> Notice:
    """A person asked the recipient whether a mail arrived: then it counts as sent, else it is sent again. Raises
    NotNow if it is not in doubt."""
    notice, cases = packing.lock(notice_id)
    if notice.state != N.IN_DOUBT:
        raise NotNow("this notice is not in doubt")
    log.record("takedown.settle_doubt", by=by, about=notice, serial=notice.serial, arrived=arrived)
    if arrived:
        send.record_sent(notice.pk)
    else:
        _send_once_more(notice, cases)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def send_again(case_id: UUID | str, by: Person) -> Notice | None:
    """The desk wants the recipient told once more: a notice that came back leaves anew, otherwise a further one is
    written. Raises NotNow where a mail is in doubt, or the Case is settled."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state not in packing.TELLING:
        raise NotNow("this case is settled")
    pages = NoticeCase.objects.filter(case=case, episode=case.episode)
    if pages.filter(notice__state=N.IN_DOUBT).exists():
        raise NotNow("ask the recipient first whether the mail arrived")
    if case.state == State.WAITING:
        states.move(case, State.CONFIRMED)
    bounced = pages.filter(notice__state=N.BOUNCED).order_by("-id").first()
    log.record("takedown.send_again", by=by, about=case)
    if bounced is None:
        return verbs.queue_notice(case.pk, again=True, by=by)
    notice, cases = packing.lock(bounced.notice_id)
    _send_once_more(notice, cases)
    return notice


@transaction.atomic
def approve(notice_id: UUID | str, by: Person) -> Notice:
    """Gives the approval a route asks for. Raises NotNow if none is missing, or it is not this person's to give."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if not notice.needs_approval or notice.state != N.QUEUED:
        raise NotNow("no approval is missing")
    if not by.has_role(Role(notice.needs_approval)):
        raise NotNow("this approval is someone else's to give")
    notice.needs_approval = ""
    notice.why_not = gates.why_not(notice)
    notice.save(update_fields=["needs_approval", "why_not"])
    queue.schedule(notice.pk, max(notice.leave_at, clock.now()))
    log.record("takedown.approve", by=by, about=notice, serial=notice.serial)
    return notice


@transaction.atomic
def confirm_contact(case_id: UUID | str, email: str, by: Person) -> ConfirmedContact:
    """A person confirms that a contact near the reported site is not suspected; a Case that waited for a contact goes
    on. Raises NotNow for an address the trace does not name."""
    case = Case.objects.select_for_update().get(pk=case_id)
    trace = Trace.objects.filter(case=case, is_current=True).first()
    known = {contact.email for contact in contacts_of(trace)} if trace else set()
    if case.location is None or normal(email) not in known:
        raise NotNow("the trace names no such contact")
    if is_confirmed(email, case.location):
        raise NotNow("this contact is confirmed already")
    row = ConfirmedContact.objects.create(
        domain_index=case.location.domain_index, contact=normal(email), by=by, at=clock.now()
    )
    log.record("takedown.confirm_contact", by=by, about=case, contact=row.pk)
    if case.state == State.WAITING and case.waiting_for in SETTLED_BY_A_WAY:
        verbs.queue_notice(case.pk, by=by)
    return row


@transaction.atomic
def look_again(case_id: UUID | str, by: Person) -> None:
    """Looks at once instead of at the next planned time."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if holds.active_until(case):
        raise NotNow("police asked that this case not be looked at")
    if case.state not in watch.WATCHED:
        raise NotNow("nobody watches this case")
    watch.look_now(case)
    log.record("takedown.look_again", by=by, about=case)


@transaction.atomic
def close_by_hand(case_id: UUID | str, by: Person) -> Case:
    """A person saw that what was confirmed is gone, where looks alone can't tell: nothing more is sent, and the
    address is watched for a come-back."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state not in CLOSABLE:
        raise NotNow("only a case that is waited for can be closed")
    states.move(case, State.GONE)
    case.gone_at = clock.now()
    case.save(update_fields=["gone_at"])
    verbs.close_notices(case, "gone")
    log.record("takedown.close_by_hand", by=by, about=case)
    events.page_gone.send(sender=Case, case=case)
    watch.schedule(case)
    return case


@transaction.atomic
def add_route(
    *,
    country: str,
    kind: str,
    first: Route.First,
    contact: str,
    by: Person,
    network: str = "",
    approves: str = "",
) -> Route:
    """Adds a rule of whom to tell; cases that waited for one go on. Raises NotNow where a rule names nobody."""
    if first in (Route.First.PARTNER, Route.First.POLICE) and not is_mail_address(contact):
        raise NotNow("say where to write to")
    if contact and not is_mail_address(contact):
        raise NotNow("this is not a mail address")
    route = Route.objects.create(
        country=country.lower() if country.lower() == ONION else country.upper(),
        kind=kind,
        network=network,
        first=first,
        contact=normal(contact),
        approves=approves,
        by=by,
        at=clock.now(),
    )
    log.record("takedown.add_route", by=by, about=route, country=route.country, kind=kind, first=first)
    waiting = Case.objects.filter(state=State.WAITING, waiting_for__in=("no_route", "no_contact", "relay"))
    for case in waiting.values_list("pk", flat=True):
        verbs.queue_notice(case, by=by)
    return route


@transaction.atomic
def end_route(route_id: UUID | str, by: Person) -> Route:
    """Ends a rule from now on; what was sent by it stays."""
    route = Route.objects.select_for_update().get(pk=route_id)
    if route.ended_at is not None:
        raise NotNow("this rule has ended already")
    route.ended_at = clock.now()
    route.save(update_fields=["ended_at"])
    log.record("takedown.end_route", by=by, about=route)
    return route


def _send_once_more(notice: Notice, cases: list[Case]) -> None:
    """The mail is known not to have arrived: the same notice leaves again."""
    notice.state = N.QUEUED
    notice.save(update_fields=["state"])
    queue.unpack(notice)
    for case in cases:
        if case.state == State.WAITING and case.waiting_for in ("in_doubt", "bounced"):
            states.move(case, State.CONFIRMED)
    queue.schedule(notice.pk, clock.now())
