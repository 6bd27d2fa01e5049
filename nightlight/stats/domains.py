"""The domains of our pages, told apart by a number: no address is opened."""

from collections.abc import Collection
from uuid import UUID

from nightlight.casebook.models import Case
from nightlight.stats.ledger_models import Domain


def of_cases(cases: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """The ending and the number of the domain of each case that has an address; new domains get one, in the caller's
    transaction, which holds the ledger's lock."""
    pages = {
        case: (location, tld, digest)
        for case, location, tld, digest in Case.objects.filter(
            pk__in=cases, location__isnull=False
        ).values_list("pk", "location", "location__tld", "location__domain_index")
    }
    wanted = {digest: location for location, _tld, digest in pages.values()}
    numbers = _known(wanted)
    fresh = [
        Domain(domain_index=digest, page_id=location)
        for digest, location in wanted.items()
        if digest not in numbers
    ]
    if fresh:
        Domain.objects.bulk_create(fresh)
        numbers = _known(wanted)
    return {case: (tld, numbers[digest]) for case, (_location, tld, digest) in pages.items()}


def _known(digests: Collection[str]) -> dict[str, str]:
    rows = Domain.objects.filter(domain_index__in=list(digests))
    return {digest: str(number) for digest, number in rows.values_list("domain_index", "pk")}
