"""A report as it is sorted: opened, its addresses read and its shape keyed before anything is locked.

What a reporter sent never changes; whether it was sorted or taken back meanwhile is asked again under the lock.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from nightlight.casebook.models import Report
from nightlight.casebook.sealed import find
from nightlight.casebook.spellings import understand
from nightlight.casebook.words import ReportKind, Source
from nightlight.net.address import Address
from nightlight.triage.flood_models import Flood
from nightlight.triage.shapes import keyed, shape

OWN = (Source.YOUNG_PERSON,)
PARTNERS = (Source.MEMBER, Source.HOTLINE, Source.POLICE, Source.PROACTIVE)


@dataclass(frozen=True, slots=True)
class Named:
    """An address that a report names: as spelled there, canonical, and how it is found."""

    spelling: str
    address: Address
    index: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report, ready to be sorted. `digest` is that of its shape, empty where it is of no flood whatever comes."""

    report: Report
    named: tuple[Named, ...]  # in the order in which everybody locks them
    what: Flood.What
    digest: str

    @property
    def danger(self) -> str:
        """The digest under which those of its shape that say that it happens now are counted."""
        return keyed(f"danger|{self.digest}") if self.digest and self.report.happening_now else ""


def read(report_ids: Sequence[UUID | str]) -> list[Sheet]:
    """The sheets of these reports, in their order. Raises Report.DoesNotExist."""
    ids = [UUID(str(each)) for each in report_ids]
    found = Report.objects.in_bulk(ids)
    if missing := [each for each in ids if each not in found]:
        raise Report.DoesNotExist(f"{len(missing)} of {len(ids)} reports are not there")
    return [_sheet(found[each]) for each in ids]


def _sheet(report: Report) -> Sheet:
    pairs, _ = understand(json.loads(report.addresses or "[]"))
    named = tuple(
        sorted(
            (Named(spelling, address, find("url", address.url)) for spelling, address in pairs),
            key=lambda each: each.index,
        )
    )
    if report.source in (*OWN, *PARTNERS) or report.kind == ReportKind.OWN_IMAGE:
        return Sheet(report, named, Flood.What.SITE if named else Flood.What.TEXT, "")
    what, digest = shape(report, (address for _, address in pairs), json.loads(report.not_understood or "[]"))
    return Sheet(report, named, what, digest)
