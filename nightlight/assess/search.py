"""Finding a case by what somebody holds in their hands: an address, a host, a receipt, a case number."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess.decision import NotAllowed
from nightlight.assess.purposes import SearchPurpose
from nightlight.audit import log
from nightlight.casebook import finders
from nightlight.casebook.models import Case
from nightlight.casebook.sealed import find
from nightlight.net.address import Address, NotAnAddress, canonical
from nightlight.vault.tokens import normalise_receipt, receipt_digest
from nightlight.work.home import ring

MOST_FOUND = 50


def register() -> None:
    """Registers the finders of this stage; called once, when Django starts."""
    finders.register("case", _by_number)
    finders.register("address", _by_address)
    finders.register("host", _by_host)
    finders.register("receipt", _by_receipt)


@transaction.atomic
def search(by: Person, text: str, purpose: SearchPurpose) -> list[UUID]:
    """The cases that a text names exactly. The search is an entry with its purpose; what was typed is not kept.
    Raises NotAllowed."""
    if not by.may(Permission.CASE_READ):
        raise NotAllowed(f"this needs the permission {Permission.CASE_READ.value}")
    found = finders.find_cases(text.strip())
    log.record(
        "assess.search", by=by, purpose=purpose.value, ways=sorted(set(found.values())), found=len(found)
    )
    return list(found)


def _by_number(text: str) -> Iterable[UUID]:
    try:
        return Case.objects.filter(pk=UUID(text)).values_list("pk", flat=True)
    except ValueError:
        return ()


def _by_address(text: str) -> Iterable[UUID]:
    address = _address(text)
    if address is None:
        return ()
    return Case.objects.filter(location__url_index=find("url", address.url)).values_list("pk", flat=True)


def _by_host(text: str) -> Iterable[UUID]:
    address = _address(text)
    if address is None or "/" in text.strip("/"):
        return ()
    cases = Case.objects.filter(location__host_index=find("host", address.host)).order_by("-received_at")
    return cases.values_list("pk", flat=True)[:MOST_FOUND]


def _by_receipt(text: str) -> Iterable[UUID]:
    if normalise_receipt(text) is None:
        return ()
    digest = receipt_digest(ring(), text)
    named = Q(report__receipt_digest=digest) | Q(location__allegations__report__receipt_digest=digest)
    return Case.objects.filter(named).distinct().values_list("pk", flat=True)


def _address(text: str) -> Address | None:
    try:
        return canonical(text)
    except NotAnAddress:
        return None
