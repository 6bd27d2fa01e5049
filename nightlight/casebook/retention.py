"""How long contents are kept: a manager's rule for each kind and country, and the daily purge that follows them.

A purge erases contents, never rows: a report stays, is counted as before, and its receipt still works. Nothing is
erased while a case is not settled, while police hold it, or before a rule was recorded; without a rule nothing ever
is. Every purge is an entry of the log with its counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Case, Erased, Hold, KeepRule
from nightlight.casebook.words import State
from nightlight.work import clock, due

BATCH = 200  # rows a transaction
THINK_AGAIN = timedelta(hours=24)
EVERY = timedelta(hours=24)
MOST_DAYS = 36_500
SETTLED = (State.DISMISSED, State.GONE, State.HANDED_OVER)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of content. `rows()` are the records that may hold it, `since` the field its age is counted from, and
    `cases` the cases of a row, with OuterRef. `erase(row)` empties it and says whether it held something.
    `least_days` guards against a slip."""

    name: str
    label: str | Promise
    counted_from: str | Promise
    stays: str | Promise
    rows: Callable[[], "QuerySet[Any]"]
    since: str
    cases: Callable[[], "QuerySet[Case]"]
    erase: Callable[[Any], bool]
    least_days: int = 30


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows of a kind were emptied under the rules for a country (empty: all others), and how many of them had
    held something."""

    kind: str
    country: str
    rows: int
    held: int


class RuleRefused(ValueError):
    """A rule that can't be recorded; `field` names what is wrong."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Adds or replaces a kind; called when Django starts."""
    _kinds[kind.name] = kind


def all_kinds() -> list[Kind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def live_rules() -> "QuerySet[KeepRule]":
    """The rules that hold."""
    return KeepRule.objects.filter(ended_at=None).order_by("kind", "country")


def due_rows(kind: Kind, country: str, days: int, at: datetime) -> "QuerySet[Any]":
    """What a rule would erase at a moment, not erased yet: old enough, every case settled, none held by police, and
    hosted in the country of the rule, or, where it names none, in no country that has a rule of its own."""
    cases = kind.cases()
    unsettled = cases.filter(~Q(state__in=SETTLED) | Exists(held_by_police(at)))
    rows = kind.rows().filter(
        ~Exists(Erased.objects.filter(kind=kind.name, row_id=OuterRef("pk"))),
        ~Exists(unsettled),
        **{f"{kind.since}__lt": at - timedelta(days=days)},
    )
    if country:
        return rows.filter(Exists(cases.filter(country=country)))
    named = list(live_rules().filter(kind=kind.name).exclude(country="").values_list("country", flat=True))
    return rows.filter(~Exists(cases.filter(country__in=named))) if named else rows


def held_by_police(at: datetime) -> "QuerySet[Hold]":
    """The active holds of a case, with OuterRef."""
    return Hold.objects.filter(case=OuterRef("pk"), lifted_at=None, until__gt=at)


def preview(kind_name: str, country: str, days: int) -> int:
    """How many rows a rule would empty if it held now. Raises RuleRefused."""
    kind, country = _checked(kind_name, country, days)
    return due_rows(kind, country, days, clock.now()).count()


@transaction.atomic
def record(kind_name: str, country: str, days: int, grounds: str, *, by: Person) -> KeepRule:
    """Records a rule; it follows the one for the same kind and country, and erases nothing for THINK_AGAIN.

    Raises PermissionDenied, RuleRefused.
    """
    _need(by)
    kind, country = _checked(kind_name, country, days)
    if not grounds.strip():
        raise RuleRefused(_("Name the law or agreement."), "grounds")
    now = clock.now()
    for row in KeepRule.objects.select_for_update().filter(kind=kind.name, country=country, ended_at=None):
        row.ended_at = now
        row.save(update_fields=["ended_at"])
    rule = KeepRule.objects.create(
        kind=kind.name,
        country=country,
        days=days,
        grounds=grounds.strip(),
        by=by,
        at=now,
        from_at=now + THINK_AGAIN,
    )
    log.record("casebook.record_keep_rule", by=by, about=rule, kind=kind.name, country=country, days=days)
    return rule


@transaction.atomic
def end(rule_id: UUID, by: Person) -> None:
    """Ends a rule: from now on nothing more is erased under it. Raises PermissionDenied, KeepRule.DoesNotExist."""
    _need(by)
    rule = KeepRule.objects.select_for_update().get(pk=rule_id)
    if rule.ended_at is None:
        rule.ended_at = clock.now()
        rule.save(update_fields=["ended_at"])
        log.record("casebook.end_keep_rule", by=by, about=rule, kind=rule.kind, country=rule.country)


@due.every(EVERY, "casebook.purge")
def purge() -> None:
    """Queues what every rule that holds has to erase today."""
    for rule in live_rules().filter(from_at__lte=clock.now()):
        due.enqueue(
            "casebook.purge_some", key=f"casebook.purge_some:{rule.pk}", pulls_clock=False, rule=rule.pk
        )


@due.task("casebook.purge_some")
def purge_some(rule: str) -> None:
    """Erases up to BATCH rows of a rule and queues the next while there are more."""
    row = KeepRule.objects.filter(pk=UUID(rule), ended_at=None, from_at__lte=clock.now()).first()
    kind = _kinds.get(row.kind) if row else None
    if row is None or kind is None:
        return
    now = clock.now()
    found = (
        due_rows(kind, row.country, row.days, now).order_by("pk").values_list("pk", flat=True)[: BATCH + 1]
    )
    ids = list(found)
    if not ids:
        return
    held = [_erase(kind, one, row, now) for one in _locked(kind, ids[:BATCH])]
    log.record(
        "casebook.purge",
        by="system",
        about=row,
        kind=kind.name,
        country=row.country,
        days=row.days,
        rows=len(held),
        held_something=sum(held),
    )
    if len(ids) > BATCH:
        due.enqueue("casebook.purge_some", pulls_clock=False, rule=row.pk)


def emptied(row: Model, *fields: str) -> bool:
    """Empties sealed fields of a row and saves them; whether one of them held something."""
    held = any(getattr(row, name) not in ("", "[]", "{}") for name in fields)
    for name in fields:
        setattr(row, name, "")
    row.save(update_fields=list(fields))
    return held


def erased(kinds: Sequence[str], row_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When content of these kinds was erased from these rows, for those from which it was."""
    rows = Erased.objects.filter(kind__in=kinds, row_id__in=row_ids)
    return dict(rows.values_list("row_id", "at"))


def purged() -> list[Purged]:
    """What was erased so far, by kind and by the country of the rule it was erased under; the general rule first."""
    rows = Erased.objects.order_by("kind", "rule__country").values_list("kind", "rule__country")
    held = Count("pk", filter=Q(held_something=True))
    return [Purged(*row) for row in rows.annotate(rows=Count("pk"), held=held)]


def totals() -> dict[str, int]:
    """How many rows of each kind were emptied so far."""
    return {kind.name: Erased.objects.filter(kind=kind.name).count() for kind in all_kinds()}


def _locked(kind: Kind, ids: list[UUID]) -> Iterable[Any]:
    rows: Iterable[Any] = (
        kind.rows().model._default_manager.select_for_update().filter(pk__in=ids).order_by("pk")
    )
    return rows


def _erase(kind: Kind, row: Any, rule: KeepRule, now: datetime) -> bool:
    held = kind.erase(row)
    Erased.objects.create(kind=kind.name, row_id=row.pk, rule=rule, held_something=held, at=now)
    return held


def _checked(kind_name: str, country: str, days: int) -> tuple[Kind, str]:
    kind, country = _kinds.get(kind_name), country.strip()
    country = country if country == "onion" else country.upper()
    if kind is None:
        raise RuleRefused(_("There is no such kind."), "kind")
    if not kind.least_days <= days <= MOST_DAYS:
        raise RuleRefused(_("At least %(n)d days.") % {"n": kind.least_days}, "days")
    return kind, country


def _need(by: Person) -> None:
    if not by.may(Permission.RETENTION_MANAGE):
        raise PermissionDenied(Permission.RETENTION_MANAGE)
