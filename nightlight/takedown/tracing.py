"""Finding out who hosts a page: DNS and registration data, asked outside any transaction, kept as a Trace.

A first look follows each trace, and the notice follows the look.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache, partial
from ipaddress import ip_address, summarize_address_range
from pathlib import Path
from uuid import UUID

from django.conf import settings

from nightlight.accounts import mandate
from nightlight.audit import log
from nightlight.casebook import egress, holds, states
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.hosting.bootstrap import Bootstrap
from nightlight.hosting.rdap import Network, Rdap
from nightlight.hosting.trace import HostingTrace
from nightlight.hosting.trace import trace as trace_host
from nightlight.takedown import packing, watch
from nightlight.takedown.models import Trace
from nightlight.work import clock, due
from nightlight.work.due import Record
from nightlight.work.home import is_rehearsal

NOT_OURS = "not_ours"
REOPEN = timedelta(minutes=10)


@due.outward("takedown.trace")
def trace(case: str, after: str = "") -> Record:
    """Traces the host of a Case's address. `after` is `not_ours` where the provider said that it is not theirs.

    Raises hosting.bootstrap.BootstrapError while nobody can be asked who knows what.
    """
    row = Case.objects.select_related("location").get(pk=UUID(case))
    if row.location is None or row.state not in packing.TELLING or holds.active_until(row):
        return nothing
    host = row.location.host
    found = look_up(host) if may_trace() else None
    return partial(_record_page, row.pk, host, found, after)


@due.outward("takedown.trace_true_host")
def trace_true_host(trace: str) -> Record:
    """Traces the true host that somebody named; the Trace is there already and is filled in."""
    row = Trace.objects.select_related("case").get(pk=UUID(trace))
    if row.case.state not in packing.TELLING or holds.active_until(row.case):
        return nothing
    return partial(_record_true_host, row.pk, look_up(row.host) if may_trace() else None)


@due.every(REOPEN, "takedown.trace_what_was_closed")
def trace_what_was_closed() -> None:
    """Traces what could not be traced while the home had no mandate."""
    if not may_trace():
        return
    closed = Trace.objects.filter(
        is_current=True, why_not="closed_no_mandate", case__state__in=packing.TELLING
    )
    for case in closed.values_list("case_id", flat=True):
        due.enqueue("takedown.trace", key=f"takedown.trace:{case}", case=case)


def nothing() -> None:
    """The Case is held or settled; whoever lifts the hold asks again."""


def may_trace() -> bool:
    """Asking registries is done for reading a page or for writing to its host, whichever is allowed."""
    return mandate.is_open(mandate.Switch.NOTIFY) or mandate.is_open(mandate.Switch.FETCH)


def look_up(host: str) -> HostingTrace:
    """Asks the resolver and the registries this home names. Raises BootstrapError."""
    source = settings.NIGHTLIGHT.rdap
    hour = int(clock.real_now().timestamp()) // 3600
    fetcher = egress.fetcher()
    # Without a bootstrap of its own a rehearsal asks nobody: IANA's leads out into the real internet.
    bootstrap = Bootstrap.of({}) if source is None and is_rehearsal() else _bootstrap(source, hour)
    return trace_host(host, egress.resolver(), Rdap(bootstrap, fetcher))


@lru_cache(maxsize=2)
def _bootstrap(source: str | Path | None, hour: int) -> Bootstrap:
    """Kept for an hour: IANA asks clients not to fetch it for every question (RFC 9224 8)."""
    return Bootstrap.load(source, egress.fetcher())


def _record_page(case_id: UUID, host: str, found: HostingTrace | None, after: str) -> None:
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state not in packing.TELLING:
        return
    before = case.provider_key
    row = Trace(case=case, location=case.location, of=Trace.Of.PAGE, host=host)
    _keep(row, case, found)
    if found is None:
        return
    if after == NOT_OURS and case.provider_key == before:
        states.move(case, State.WAITING, waiting_for="disputed")
        return
    watch.begin(case)


def _record_true_host(trace_id: UUID, found: HostingTrace | None) -> None:
    row = Trace.objects.get(pk=trace_id)
    case = Case.objects.select_for_update().get(pk=row.case_id)
    if case.state not in packing.TELLING:
        return
    _keep(row, case, found)
    if found is not None:
        watch.begin(case)


def _keep(row: Trace, case: Case, found: HostingTrace | None) -> None:
    """Fills in a Trace and makes it the Case's present one; without an answer it says that the home is closed."""
    Trace.objects.filter(case=case, is_current=True).update(is_current=False)
    row.episode, row.at, row.is_current = case.episode, clock.now(), True
    row.why_not = "" if found else "closed_no_mandate"
    if found:
        row.addresses = json.dumps(found.addresses)
        row.networks = json.dumps(blocks(found.networks))
        row.name_servers = json.dumps(found.name_servers)
        row.country = found.country or ""
        row.provider = found.provider
        row.provider_key = next((network.handle[:64] for network in found.networks), "")
        row.contacts = json.dumps(
            [{"email": c.email, "scope": c.scope.value, "name": c.name} for c in found.contacts]
        )
        row.problems = json.dumps(found.problems)
        case.country, case.provider_key = row.country, row.provider_key
        case.save(update_fields=["country", "provider_key"])
    row.save()
    log.record(
        "takedown.trace",
        by="system",
        about=case,
        trace=row.pk,
        of=row.of,
        country=row.country,
        why_not=row.why_not,
    )


def blocks(networks: Iterable[Network]) -> list[str]:
    """The registered ranges as CIDR blocks; a range that a registry wrote wrongly is left out."""
    found: list[str] = []
    for network in networks:
        try:
            first, last = ip_address(network.start), ip_address(network.end)
            found += [str(block) for block in summarize_address_range(first, last)]
        except (ValueError, TypeError):
            continue
    return found
