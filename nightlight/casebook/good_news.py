"""What came of somebody's work, as far as it may be told to them.

A stage registers what it knows of the cases a person confirmed; nothing of a case under a police hold is told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.functional import Promise

from nightlight.accounts.models import Person
from nightlight.casebook.models import Assessment, Case, Hold
from nightlight.casebook.words import Outcome
from nightlight.work import clock


@dataclass(frozen=True, slots=True)
class News:
    """What became true of a case, in words that stand alone, and when."""

    case_id: UUID
    at: datetime
    words: str | Promise


def on_the_day(confirmed: datetime) -> str:
    """How a day is named to whoever worked on it: by its weekday within a week, else by its date."""
    near = clock.now() - confirmed < timedelta(days=6)
    return date_format(confirmed, "l" if near else "j F")


Tell = Callable[[Person, datetime], Iterable[News]]

_tellers: dict[str, Tell] = {}


def register(name: str, tell: Tell) -> None:
    """Adds or replaces what a stage can tell: `tell(person, since)`. Called when Django starts."""
    _tellers[name] = tell


def news(person: Person, since: datetime, most: int) -> list[News]:
    """The latest first, up to `most`."""
    found = [each for tell in _tellers.values() for each in tell(person, since)]
    return sorted(found, key=lambda each: (each.at, each.case_id), reverse=True)[:most]


def confirmed_by(person: Person) -> "QuerySet[Any]":
    """The cases whose present episode this person confirmed (`by_you` says when) and that still stand; those under a
    police hold are left out."""
    held = Hold.objects.filter(lifted_at=None, until__gt=clock.now()).values("case")
    own = Assessment.objects.filter(
        case=OuterRef("pk"), episode=OuterRef("episode"), by=person, outcome=Outcome.CONFIRMED
    )
    return (
        Case.objects.filter(confirmed_at__isnull=False)
        .exclude(pk__in=held)
        .annotate(by_you=Subquery(own.order_by("-at").values("at")[:1]))
        .filter(by_you__isnull=False)
    )
