"""What referral can do: prepare, hand out, withdraw, and record what came back."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook import events
from nightlight.casebook import holds as police_holds
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.referral import package, rules
from nightlight.referral.models import Counter, Message, Outcome, Referral, To, What
from nightlight.work import clock, due

MOST_COUNTED = 10_000


class Refused(ValueError):
    """An act that does not fit; the message says why."""


@transaction.atomic
def prepare(case_id: UUID) -> list[Referral]:
    """Makes the referral of a confirmed case for each authority concerned and queues the mails that say so.

    Made once per episode; one that was withdrawn is made anew. While police hold the case it waits for the end of
    the hold. Raises Case.DoesNotExist.
    """
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.confirmed_at is None or case.state == State.DISMISSED:
        return []
    if until := police_holds.active_until(case):
        due.enqueue("referral.prepare", due=until, case=case.pk)
        return []
    made = [_prepare_for(case, to) for to in rules.authorities(case)]
    return [referral for referral in made if referral]


@transaction.atomic
def withdraw(case_id: UUID) -> int:
    """A decision was corrected: every referral of the case is withdrawn, and whoever was told is told so.
    Returns how many were withdrawn. Raises Case.DoesNotExist."""
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.confirmed_at is not None:
        return 0  # confirmed anew since
    rows = list(
        Referral.objects.select_for_update().filter(case=case).exclude(state=Referral.State.WITHDRAWN)
    )
    for referral in rows:
        was_read = referral.state != Referral.State.READY
        referral.state, referral.withdrawn_at = Referral.State.WITHDRAWN, clock.now()
        referral.save(update_fields=["state", "withdrawn_at"])
        log.record("referral.withdraw", by="system", about=referral, case=case.pk, number=referral.number)
        _tell_of_withdrawal(referral, was_read=was_read)
    return len(rows)


@transaction.atomic
def fetch(referral_id: UUID, by: Person) -> Referral:
    """Hands out a referral's package, as an entry of the log with its purpose. The first fetching fixes its facts.

    Raises Refused once it was withdrawn or erased, Referral.DoesNotExist.
    """
    referral = _lock(referral_id)
    _not_withdrawn(referral)
    if referral.state == Referral.State.ACKNOWLEDGED and not referral.package:
        raise Refused(_("its package was erased under the retention rules"))
    if referral.state == Referral.State.READY:
        referral.package = package.build(referral)
        referral.state, referral.fetched_at = Referral.State.FETCHED, clock.now()
        referral.save(update_fields=["package", "state", "fetched_at"])
    log.record("referral.fetch", by=by, about=referral, purpose=referral.to, case=referral.case_id)
    return referral


@transaction.atomic
def acknowledge(referral_id: UUID, by: Person) -> Referral:
    """The authority took it on. Raises Refused before it was fetched or after it was withdrawn,
    Referral.DoesNotExist."""
    referral = _lock(referral_id)
    _not_withdrawn(referral)
    if referral.state == Referral.State.READY:
        raise Refused(_("fetch it first"))
    if referral.state == Referral.State.FETCHED:
        referral.state, referral.acknowledged_at = Referral.State.ACKNOWLEDGED, clock.now()
        referral.save(update_fields=["state", "acknowledged_at"])
        log.record("referral.acknowledge", by=by, about=referral, case=referral.case_id)
    return referral


@transaction.atomic
def record_outcome(
    case_id: UUID, by: Person, what: What, day: date, count: int = 1, *, tellable: bool = False
) -> Outcome:
    """Records what came back, and whether the reporter may be told.

    Raises Refused for a day before the case came in or after today, or a count out of range; Case.DoesNotExist.
    """
    case = Case.objects.get(pk=case_id)
    if not case.received_at.date() <= day <= clock.now().date():
        raise Refused(_("the day lies between the day the case came in and today"))
    if not 1 <= count <= MOST_COUNTED:
        raise Refused(_("the count is from 1 to %d") % MOST_COUNTED)
    outcome = Outcome.objects.create(
        case=case, day=day, what=what, count=count, tellable=tellable, by=by, at=clock.now()
    )
    log.record("referral.outcome", by=by, about=case, outcome=outcome.pk, what=what, count=count)
    events.outcome_recorded.send(sender=Outcome, case=case, outcome_id=outcome.pk)
    return outcome


def _lock(referral_id: UUID) -> Referral:
    return Referral.objects.select_for_update(of=("self",)).select_related("case").get(pk=referral_id)


def _not_withdrawn(referral: Referral) -> None:
    if referral.state == Referral.State.WITHDRAWN:
        raise Refused(_("it was withdrawn: the decision was corrected"))


def _prepare_for(case: Case, to: To) -> Referral | None:
    """The new referral, or None where there is one that stands."""
    referral = Referral.objects.select_for_update().filter(case=case, episode=case.episode, to=to).first()
    if referral and referral.state != Referral.State.WITHDRAWN:
        return None
    now = clock.now()
    if referral:
        referral.version += 1
        referral.state, referral.withdrawn_at, referral.fetched_at = Referral.State.READY, None, None
        referral.acknowledged_at = None
    else:
        referral = Referral(case=case, episode=case.episode, to=to, number=_next_number(now.year))
    referral.prepared_at = now
    referral.package = package.build(referral)
    referral.save()
    log.record("referral.prepare", by="system", about=referral, case=case.pk, to=to, number=referral.number)
    for person in _people(to):
        _queue_message(referral, Message.Kind.READY, person.email)
    return referral


def _tell_of_withdrawal(referral: Referral, *, was_read: bool) -> None:
    """Drops what has not left yet; tells those who were told, and everyone of the authority if it was read."""
    mails = Message.objects.filter(referral=referral, version=referral.version, kind=Message.Kind.READY)
    mails.filter(state=Message.State.QUEUED).update(state=Message.State.DROPPED)
    told = {row.recipient for row in mails.exclude(state__in=[Message.State.DROPPED, Message.State.REFUSED])}
    readers = {person.email for person in _people(To(referral.to))} if was_read else set()
    for recipient in sorted(told | readers):
        _queue_message(referral, Message.Kind.WITHDRAWN, recipient)


def _queue_message(referral: Referral, kind: Message.Kind, recipient: str) -> None:
    message = Message.objects.create(
        referral=referral, version=referral.version, kind=kind, recipient=recipient
    )
    due.enqueue("referral.tell", message=message.pk)


def _people(to: To) -> list[Person]:
    """The people of an authority who sign in here; there is no other address to write to."""
    active = Person.objects.filter(is_active=True).order_by("email")
    return [person for person in active if person.has_role(rules.ROLE[to])]


def _next_number(year: int) -> str:
    Counter.objects.get_or_create(year=year)
    Counter.objects.filter(year=year).update(last=F("last") + 1)
    return f"R-{year}-{Counter.objects.get(year=year).last:04d}"
