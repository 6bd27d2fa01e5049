"""Whom to tell about a page: a manager's rows first, then the defaults.

Default: a page hosted in the operator's own jurisdictions goes to its host. Elsewhere it goes where a row says, a
partner hotline before the police; without a row nobody is told and the desk decides. A row without a country is
for every country that is not the operator's own. (INHOPE code of practice; domain.md 2.1.)
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from nightlight.casebook.models import Case, Location
from nightlight.takedown.contacts import Contact, host_contact
from nightlight.takedown.models import Notice, Route, Trace


@dataclass(frozen=True, slots=True)
class Way:
    """Whom to write to, as what, and whose approval it needs first (empty: nobody's)."""

    role: Notice.Role
    recipient: str
    approves: str = ""


@dataclass(frozen=True, slots=True)
class NoWay:
    """Nobody can be told; `why` is a name from `casebook.states.WAITS`."""

    why: str


# Where two rows are equally exact, the one that stands first here is taken.
ORDER = (Route.First.RELAY, Route.First.HOST, Route.First.PARTNER, Route.First.POLICE)
PASSED_ON = {Route.First.PARTNER: Notice.Role.PARTNER, Route.First.POLICE: Notice.Role.POLICE}


def choose(case: Case, location: Location, trace: Trace) -> Way | NoWay:
    """Whom to tell first about this Case, as its trace and the rows of today say."""
    row = best_row(case, trace)
    if row is None:
        return _to_host(trace, location, "") if is_own(trace.country) else NoWay("no_route")
    return _BY_FIRST[Route.First(row.first)](row, trace, location)


def is_own(country: str) -> bool:
    """Whether the operator may write to hosts in this country itself."""
    return country in settings.NIGHTLIGHT.countries


def best_row(case: Case, trace: Trace) -> Route | None:
    """The most exact row that fits: network before country before kind; none if the defaults hold."""
    rows = [row for row in Route.objects.filter(ended_at=None) if _fits(row, case, trace)]
    return min(rows, key=_rank, default=None)


def _fits(row: Route, case: Case, trace: Trace) -> bool:
    if row.network and row.network != trace.provider_key:
        return False
    if row.country and row.country != trace.country:
        return False
    if not row.country and not row.network and is_own(trace.country):
        return False
    return row.kind in ("", case.kind)


def _rank(row: Route) -> tuple[bool, bool, bool, int, float]:
    """Smaller is better; of two rows that say the same, the newer."""
    place = ORDER.index(Route.First(row.first))
    return (not row.network, not row.country, not row.kind, place, -row.at.timestamp())


def _by_row_host(row: Route, trace: Trace, location: Location) -> Way | NoWay:
    if row.contact:
        return Way(Notice.Role.HOST, row.contact, row.approves)
    return _to_host(trace, location, row.approves)


def _by_row_relay(row: Route, trace: Trace, location: Location) -> Way | NoWay:
    contact = row.contact or _email(host_contact(trace, location))
    return Way(Notice.Role.RELAY, contact, row.approves) if contact else NoWay("relay")


def _by_row_passed_on(row: Route, trace: Trace, location: Location) -> Way | NoWay:
    role = PASSED_ON[Route.First(row.first)]
    return Way(role, row.contact, row.approves) if row.contact else NoWay("no_route")


def _to_host(trace: Trace, location: Location, approves: str) -> Way | NoWay:
    contact = host_contact(trace, location)
    if contact is None:
        return NoWay("no_contact")
    role = Notice.Role.UPSTREAM if contact.scope == "upstream" else Notice.Role.HOST
    return Way(role, contact.email, approves)


def _email(contact: Contact | None) -> str:
    return contact.email if contact else ""


_BY_FIRST: dict[Route.First, Callable[[Route, Trace, Location], Way | NoWay]] = {
    Route.First.HOST: _by_row_host,
    Route.First.RELAY: _by_row_relay,
    Route.First.PARTNER: _by_row_passed_on,
    Route.First.POLICE: _by_row_passed_on,
}
