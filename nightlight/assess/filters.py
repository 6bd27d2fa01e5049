"""What of the queue a person wants to see, and in which order: read from a page's address, kept in saved views.

A site is named by its keyed digest there, never in clear: an address of a page stays in histories and logs.
"""

from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, F, Func, IntegerField, QuerySet, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan
from django.utils.datastructures import MultiValueDict

from nightlight.accounts.models import Person
from nightlight.assess.models import Claim
from nightlight.casebook import sieves
from nightlight.casebook.models import LIVE_STATES, TO_DO, Assessment, Case, Location
from nightlight.casebook.sealed import find
from nightlight.casebook.words import Outcome, ReportKind, SiteType, State
from nightlight.net.address import NotAnAddress, canonical
from nightlight.work import clock

RANK, CLOCK, SINCE, END = "rank", "clock", "since", "end"
ORDERS = {
    RANK: ("priority", "received_at", "id"),
    CLOCK: ("received_at", "id"),
    SINCE: ("changed_at", "id"),
    END: ("clock_at", "id"),
}
# In which states an index answers an order; "" is what is to do. What is settled has no clock that runs.
_TO_DO = ("", State.OPEN, State.SECOND_LOOK)
_ORDERED_IN = {CLOCK: _TO_DO, SINCE: ("", *LIVE_STATES), END: ("", *State)}
_KINDS: dict[str, type] = {
    "priority": IntegerField,
    "received_at": DateTimeField,
    "changed_at": DateTimeField,
    "clock_at": DateTimeField,
    "id": UUIDField,
}
LONGEST_AGE = 24 * 3650  # hours


@dataclass(frozen=True, slots=True)
class Filters:
    """Each empty where it does not narrow. `domain` is a digest; `hours`: received at least so long ago; `sieve` the
    name of one that a stage registered; `site_type` as last settled for a case on the same host; `stays`: in its state
    for at least so many hours; `ends`: a clock that runs for it (a notice's deadline, a hold) ends within so many."""

    state: str = ""
    kind: str = ""
    country: str = ""
    domain: str = ""
    site_type: str = ""
    sieve: str = ""
    mine: str = ""
    hours: str = ""
    stays: str = ""
    ends: str = ""
    order: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it is more than a state and an order of all that is in it."""
        return self.ticking or any(getattr(self, name) for name in NAMES if name not in ("state", "order"))

    @property
    def ticking(self) -> bool:
        """Whether only cases for which a clock runs are shown, whatever their state if none is named."""
        return self.order == END or bool(self.ends)

    @property
    def by(self) -> str:
        """The order it comes in: by a clock only where one runs and an index answers; a narrowing by a clock brings its
        own order."""
        wanted = END if self.ticking else SINCE if self.stays else self.order
        return wanted if self.state in _ORDERED_IN.get(wanted, ()) else RANK


NAMES = tuple(field.name for field in fields(Filters))


def read(given: "MultiValueDict[str, Any] | dict[str, Any]") -> Filters:
    """The filters that an address or a saved view names; what makes no sense does not narrow."""
    written = {name: str(given.get(name) or "").strip()[:64] for name in NAMES}
    said = {name: value if value.isprintable() else "" for name, value in written.items()}
    allowed = {
        "state": State.values,
        "kind": ReportKind.values,
        "site_type": SiteType.values,
        "sieve": [sieve.name for sieve in sieves.all_sieves()],
        "mine": ["1"],
        "order": [CLOCK, SINCE, END],
    }
    for name, values in allowed.items():
        if said[name] not in values:
            said[name] = ""
    for name in ("hours", "stays", "ends"):
        hours = said[name]
        if not (hours.isascii() and hours.isdecimal() and 0 < int(hours) <= LONGEST_AGE):
            said[name] = ""
    said["country"] = said["country"].upper() if len(said["country"]) == 2 else said["country"].lower()
    return Filters(**said)


def said(filters: Filters) -> dict[str, str]:
    """Those that narrow, for an address."""
    return {name: value for name, value in asdict(filters).items() if value}


def cases(filters: Filters, reader: Person) -> "QuerySet[Case]":
    """The cases it shows, in its order."""
    found = _by_time(_of_state(filters), filters)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.country:
        found = found.filter(country=filters.country)
    if filters.domain:
        found = found.filter(**{_site_column(filters): filters.domain})
    if filters.site_type:
        found = found.filter(location__host_index__in=_hosts_of(filters.site_type))
    if filters.mine:
        found = found.filter(
            pk__in=Claim.objects.filter(by=reader, until__gt=clock.real_now()).values("case")
        )
    for sieve in sieves.all_sieves():
        if sieve.name == filters.sieve:
            found = found.filter(sieve.condition())
    return found.order_by(*ORDERS[filters.by])


def behind(filters: Filters, case: Case) -> GreaterThan:
    """The condition of what comes after a case in that order; one comparison of rows, which an index answers."""
    names = ORDERS[filters.by]
    there = _row(*(F(name) for name in names))
    here = _row(*(Value(getattr(case, name), output_field=_KINDS[name]()) for name in names))
    return GreaterThan(there, here)


def domain_digest(text: str) -> str:
    """The digest of the registrable domain that a text names; empty if it names none."""
    try:
        return find("domain", canonical(text.strip()).domain)
    except NotAnAddress:
        return ""


def domain_name(digest: str) -> str:
    """The domain of a digest, if any address of it is known."""
    # Not `first()`: in the order of the keys PostgreSQL may walk through every address to find one of a rare site.
    found = Location.objects.filter(domain_index=digest).order_by()[:1] if digest else ()
    return next((location.domain for location in found), "")


def _of_state(filters: Filters) -> "QuerySet[Case]":
    if filters.state:
        return Case.objects.filter(state=filters.state)
    return Case.objects.all() if filters.ticking else Case.objects.filter(TO_DO)


def _site_column(filters: Filters) -> str:
    """The case's own copy has an index of what is to do, the address one of everything."""
    to_do = filters.state in _TO_DO and not filters.ticking
    return "domain_index" if to_do else "location__domain_index"


def _by_time(found: "QuerySet[Case]", filters: Filters) -> "QuerySet[Case]":
    if filters.hours:
        found = found.filter(received_at__lte=clock.now() - timedelta(hours=int(filters.hours)))
    if filters.stays:
        found = found.filter(changed_at__lte=clock.now() - timedelta(hours=int(filters.stays)))
    if filters.ticking:
        found = found.filter(clock_at__isnull=False)
    if filters.ends:
        found = found.filter(clock_at__lte=clock.now() + timedelta(hours=int(filters.ends)))
    return found


def _hosts_of(site_type: str) -> "QuerySet[Assessment, Any]":
    """Only what is settled counts: a first look must not show before the second."""
    settled = Assessment.objects.filter(is_final=True, outcome=Outcome.CONFIRMED, site_type=site_type)
    return settled.filter(case__location__isnull=False).values("case__location__host_index")


def _row(*parts: Combinable) -> Func:
    return Func(*parts, template="(%(expressions)s)", output_field=IntegerField())
