"""Weighing: whether a report is one of a flood, and whether it waits beside the queue (`flood.py` says why).

Many are weighed in one transaction as one by one: each meets what those before it counted and opened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from nightlight.triage.flood_models import Flood, Held
from nightlight.triage.places import Places
from nightlight.triage.shapes import HOUR, Counts
from nightlight.triage.sheets import Sheet

MOST = {Flood.What.TEXT: 20, Flood.What.SITE: 40}  # within an hour; more than people send of one shape
DANGERS = 20  # within an hour, of one flood


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a report is in the present: of a flood or of none, and whether it waits beside the queue."""

    flood: Flood | None = None
    held: bool = False
    last: bool = False  # whether what it makes stands last in the queue


class Scales:
    """Weighs reports, in their order. What was held before (`before`, by report) is of no flood any more."""

    def __init__(
        self, sheets: Sequence[Sheet], before: Mapping[UUID, str], places: Places, now: datetime
    ) -> None:
        self._before, self._places, self._now = before, places, now
        weighed = [sheet for sheet in sheets if sheet.digest and sheet.report.pk not in before]
        self._counts = Counts({sheet.digest for sheet in weighed}, {sheet.danger for sheet in weighed} - {""})
        self._floods: dict[str, Flood] = {}
        self._held: list[Held] = []
        self._passed: Counter[UUID] = Counter()

    def weigh(self, sheet: Sheet) -> Weighed:
        """Counts a report's shape and, where it is one of a flood, holds it unless it must go to a person by itself."""
        if state := self._before.get(sheet.report.pk):
            return Weighed(held=state != Held.State.RELEASED)
        if not sheet.digest or not self._counts.is_many(sheet.digest, MOST[sheet.what]):
            return Weighed()
        flood = self._flood(sheet)
        held = not self._places.tells_something_new(sheet)
        if held:
            self._held.append(Held(report=sheet.report, flood=flood, held_at=self._now))
        else:
            self._passed[flood.pk] += 1
        danger = sheet.danger and not held and not self._counts.is_many(sheet.danger, DANGERS)
        return Weighed(flood, held, last=sheet.what == Flood.What.SITE and not danger)

    def save(self) -> None:
        """Writes what was counted and held, and the first case that a flood made."""
        Held.objects.bulk_create(self._held)
        held = Counter(row.flood_id for row in self._held)
        for flood in sorted(self._floods.values(), key=lambda flood: flood.pk):
            Flood.objects.filter(pk=flood.pk).update(
                last_at=self._now,
                held=F("held") + held[flood.pk],
                passed=F("passed") + self._passed[flood.pk],
                case=flood.case,
            )
        self._counts.save()

    def _flood(self, sheet: Sheet) -> Flood:
        found = self._floods.get(sheet.digest)
        if found is None:
            lately = Flood.objects.filter(digest=sheet.digest, last_at__gte=self._now - HOUR)
            found = lately.select_related("case").order_by("-pk").first() or Flood.objects.create(
                digest=sheet.digest, what=sheet.what, began_at=self._now, last_at=self._now
            )
            self._floods[sheet.digest] = found
        return found
