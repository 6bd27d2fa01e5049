"""Finding a case by what somebody holds in their hands: an address, a site, a receipt, a number, a hash.

Hashes and whole sites are looked up for the desk only: the finders also serve appeals, where an outsider types.
"""

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _t

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess.decision import NotAllowed
from nightlight.assess.filters import domain_digest
from nightlight.assess.purposes import SearchPurpose
from nightlight.audit import log
from nightlight.casebook import finders, nearby
from nightlight.casebook.models import Case, Media
from nightlight.casebook.sealed import find
from nightlight.net.address import Address, NotAnAddress, canonical
from nightlight.vault.tokens import normalise_receipt, receipt_digest
from nightlight.work.home import ring

MOST_FOUND = 50
WAYS: dict[str, Promise] = {
    "case": _t("by its number"),
    "address": _t("at this address"),
    "host": _t("on this host"),
    "receipt": _t("by this receipt"),
    "serial": _t("by the serial of a notice"),
    "domain": _t("on this site"),
    "hash": _t("shows exactly this"),
    "near": _t("shows known media nearly like this"),
}
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
_HEX = re.compile(r"[0-9a-fA-F]+")


def register() -> None:
    """Registers the finders of this stage; called once, when Django starts."""
    finders.register("case", _by_number)
    finders.register("address", _by_address)
    finders.register("host", _by_host)
    finders.register("receipt", _by_receipt)


@transaction.atomic
def search(by: Person, text: str, purpose: SearchPurpose) -> dict[UUID, str]:
    """The cases that a text names exactly, and those with media nearly like a PDQ, each with the way it was found.
    The search is an entry with its purpose; what was typed is not kept. Raises NotAllowed."""
    _may_read(by)
    text = text.strip()
    found = finders.find_cases(text)
    for way, look in _DESK_ONLY:
        for case_id in look(text):
            found.setdefault(case_id, way)
    log.record(
        "assess.search", by=by, purpose=purpose.value, ways=sorted(set(found.values())), found=len(found)
    )
    return found


@transaction.atomic
def digest_of_domain(by: Person, text: str) -> str:
    """The digest by which the queue is narrowed to a site, empty for a text that names none. Narrowing to one site is
    a search, and an entry like one. Raises NotAllowed."""
    _may_read(by)
    digest = domain_digest(text)
    log.record("assess.search", by=by, purpose=SearchPurpose.WORK.value, ways=["domain"], found=None)
    return digest


def _may_read(by: Person) -> None:
    if not by.may(Permission.CASE_READ):
        raise NotAllowed(f"this needs the permission {Permission.CASE_READ.value}")


def _by_domain(text: str) -> Iterable[UUID]:
    address = _address(text)
    if address is None or "/" in text.strip("/"):
        return ()
    return _newest(Case.objects.filter(location__domain_index=find("domain", address.domain)))


def _by_hash(text: str) -> Iterable[UUID]:
    """MD5, SHA-1, SHA-256 or PDQ, hexadecimal: the cases where exactly this was seen."""
    field = _HASHES.get(len(text))
    if field is None or not _HEX.fullmatch(text):
        return ()
    return _newest(_showing(Q(**{field: text.lower()}) | (Q(pdq=text.lower()) if field == "sha256" else Q())))


def _by_near_pdq(text: str) -> Iterable[UUID]:
    """The cases with known media within the radius of a PDQ."""
    if len(text) != 64 or not _HEX.fullmatch(text):
        return ()
    near = nearby.near_codes([text.lower()])[0]
    return _newest(_showing(Q(pdq__in=list(near)))) if near else ()


def _showing(media: Q) -> "QuerySet[Case]":
    named = Media.objects.filter(media).values("pk")[:MOST_FOUND]
    return Case.objects.filter(
        location__sightings__media__in=list(named.values_list("pk", flat=True))
    ).distinct()


def _newest(cases: "QuerySet[Case]") -> Iterable[UUID]:
    return [pk for pk, _ in cases.order_by("-received_at").values_list("pk", "received_at")[:MOST_FOUND]]


_DESK_ONLY: tuple[tuple[str, Callable[[str], Iterable[UUID]]], ...] = (
    ("domain", _by_domain),
    ("hash", _by_hash),
    ("near", _by_near_pdq),
)


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
