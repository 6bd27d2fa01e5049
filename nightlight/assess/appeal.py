"""What can be done with an appeal: make it, find its case, take the case off the lists meanwhile, decide it.

Nobody who assessed a case decides an appeal about it (IWF's Assessment Appeal Process, step 2).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import verbs
from nightlight.assess.appeal_models import Appeal
from nightlight.assess.decision import NotAllowed
from nightlight.audit import log
from nightlight.casebook import events, finders
from nightlight.casebook.models import Assessment, Case
from nightlight.casebook.sealed import find
from nightlight.casebook.words import Outcome
from nightlight.net.address import NotAnAddress, canonical
from nightlight.vault.tokens import new_receipt, normalise_receipt, receipt_digest
from nightlight.work import clock, due
from nightlight.work.home import ring


class Involved(Exception):
    """This person assessed the case: another decides the appeal."""


class NotNow(Exception):
    """The appeal can't be dealt with in this way at present; the message says why."""


class UnknownReference(Exception):
    """There is no appeal with this reference."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new appeal and the reference by which its answer is read; the reference is seen this once."""

    appeal: Appeal
    reference: str


@transaction.atomic
def make(who: Appeal.Who, reasons: str, *, serial: str = "", address: str = "", contact: str = "") -> Made:
    """Keeps an appeal, whatever it names; finding its case is due work."""
    reference = new_receipt()
    appeal = Appeal.objects.create(
        reference_digest=receipt_digest(ring(), reference),
        received_at=clock.now(),
        who=who,
        serial=serial,
        address=address,
        reasons=reasons,
        contact=contact,
    )
    log.record("assess.appeal", by="appellant", about=appeal, who=who)
    due.enqueue("assess.link_appeal", appeal=appeal.pk)
    return Made(appeal, reference)


def read(reference: str) -> Appeal:
    """The appeal with this reference. Raises UnknownReference, the same for unknown and malformed ones."""
    if normalise_receipt(reference) is None:
        raise UnknownReference
    found = Appeal.objects.filter(reference_digest=receipt_digest(ring(), reference)).first()
    if found is None:
        raise UnknownReference
    return found


@due.task("assess.link_appeal")
def link_appeal(appeal: str) -> None:
    """Ties a new appeal to its case, by the address or else the notice's serial; a person does it where neither
    names exactly one."""
    row = Appeal.objects.select_for_update().get(pk=UUID(appeal))
    cases = _by_address(row.address) or list(finders.find_cases(row.serial.strip()) if row.serial else {})
    if row.case_id is None and len(cases) == 1:
        _link(row, Case.objects.get(pk=cases[0]))
        log.record("assess.link_appeal", by="system", about=row, case=cases[0])


@transaction.atomic
def link(appeal_id: UUID, text: str, by: Person) -> Case:
    """Ties an appeal to the case that an address, a serial or a case number names.

    Whoever assessed the case that it is tied to can't tie it to another. Raises NotAllowed, Involved, NotNow (decided
    already, or not exactly one case), Appeal.DoesNotExist.
    """
    row = _decidable(appeal_id, by)
    cases = _by_address(text) or list(finders.find_cases(text.strip()))
    if len(cases) != 1:
        raise NotNow(_("this names no case, or more than one"))
    if row.delisted:
        raise NotNow(_("end the interim delisting first"))
    case = Case.objects.get(pk=cases[0])
    _link(row, case)
    log.record("assess.link_appeal", by=by, about=row, case=case.pk)
    return case


@transaction.atomic
def open_appeal(appeal_id: UUID, by: Person) -> Appeal:
    """An appeal as a person reads it, with who made it; an entry of its own. Raises Appeal.DoesNotExist."""
    row = Appeal.objects.select_related("case__location", "decided_by").get(pk=appeal_id)
    log.record("assess.read_appeal", by=by, about=row, purpose="appeal")
    return row


def is_involved(case: Case | None, by: Person) -> bool:
    """Whether a person took part in assessing a case."""
    return case is not None and Assessment.objects.filter(case=case, by=by).exists()


@transaction.atomic
def delist(appeal_id: UUID, by: Person, *, meanwhile: bool) -> Appeal:
    """Takes the case off the lists until the appeal is decided, or puts it back before.

    Raises NotAllowed, Involved, NotNow, Appeal.DoesNotExist.
    """
    row = _decidable(appeal_id, by)
    if row.case is None:
        raise NotNow(_("find the case first"))
    if row.delisted == meanwhile:
        return row
    row.delisted = meanwhile
    row.save(update_fields=["delisted"])
    log.record("assess.delist" if meanwhile else "assess.end_delisting", by=by, about=row, case=row.case_id)
    if meanwhile:
        events.delisting_asked.send(sender=Appeal, case=row.case)
    else:
        _end_delisting(row.case)
    return row


@transaction.atomic
def decide(appeal_id: UUID, by: Person, answer: str, *, outcome: Outcome | None = None) -> Appeal:
    """Answers an appeal. With an `outcome` it is granted and the decision corrected everywhere; else it is not.

    Raises NotAllowed, Involved, NotNow (decided already, no case, held by police, no decision that stands),
    assess.decision.Refused, Appeal.DoesNotExist.
    """
    row = _decidable(appeal_id, by)
    if not answer.strip():
        raise NotNow(_("an answer needs words: the appellant reads them"))
    if outcome is not None:
        if row.case is None:
            raise NotNow(_("find the case first"))
        verbs.correct(row.case.pk, by, outcome, answer, role=Assessment.Role.APPEAL)
    was_delisted, row.delisted = row.delisted, False
    row.state = Appeal.State.UPHELD if outcome else Appeal.State.REJECTED
    row.answer, row.decided_by, row.decided_at = answer, by, clock.now()
    row.save()
    if was_delisted and row.case:
        _end_delisting(row.case)
    log.record("assess.decide_appeal", by=by, about=row, case=row.case_id, state=row.state)
    return row


def _by_address(text: str) -> list[UUID]:
    try:
        url = canonical(text).url
    except NotAnAddress:
        return []
    return list(Case.objects.filter(location__url_index=find("url", url)).values_list("pk", flat=True))


def _link(row: Appeal, case: Case) -> None:
    row.case = case
    row.save(update_fields=["case"])
    events.appeal_received.send(sender=Appeal, case=case, appeal_id=row.pk)


def _open(appeal_id: UUID, by: Person) -> Appeal:
    if not by.may(Permission.APPEAL_DECIDE):
        raise NotAllowed(f"this needs the permission {Permission.APPEAL_DECIDE.value}")
    row = Appeal.objects.select_for_update(of=("self",)).select_related("case").get(pk=appeal_id)
    if row.state != Appeal.State.OPEN:
        raise NotNow(_("it is decided already"))
    return row


def _decidable(appeal_id: UUID, by: Person) -> Appeal:
    row = _open(appeal_id, by)
    if is_involved(row.case, by):
        raise Involved(_("you assessed this case; another person decides"))
    return row


def _end_delisting(case: Case) -> None:
    """Back to what holds without an appeal, unless another appeal keeps the case off the lists."""
    if not Appeal.objects.filter(case=case, state=Appeal.State.OPEN, delisted=True).exists():
        events.delisting_ended.send(sender=Appeal, case=case)
