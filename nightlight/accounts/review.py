"""The inspector's review: what the rules list of a time, and the note with which somebody outside the desk closes it.

There is no table of its own: an item is an entry of the log and a rule, a review is another entry about that entry,
with the note as its sealed purpose. So no list can be emptied without a trace, and the log proves who reviewed what.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import TruncHour

from nightlight.accounts import review_rules
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.accounts.review_rules import RULES, Rule, Span
from nightlight.audit import log
from nightlight.audit.models import Entry
from nightlight.work import clock

VERB = "accounts.review"
MOST_LISTED = 500  # of a rule in one time; the page says so where there are more
Reviews = dict[tuple[str, UUID], Entry]
_BY_NAME = {rule.name: rule for rule in RULES}


class NotReviewed(ValueError):
    """A review that can't be recorded; the message says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One act on a list, and the review of it if there is one."""

    entry: Entry
    review: Entry | None


@dataclass(frozen=True, slots=True)
class Listed:
    """What one rule lists of a time: what waits for a review, and what was reviewed, both in the order of time."""

    rule: Rule
    open: list[Item]
    done: list[Item]
    more: bool


def lists(since: datetime, until: datetime) -> list[Listed]:
    """What every rule lists of a time, `until` not included."""
    span = _span(since, until)
    found = {rule.name: list(rule.find(span)) for rule in RULES}
    reviews = _reviews([entry for entries in found.values() for entry in entries[:MOST_LISTED]])
    return [_listed(rule, found[rule.name], reviews) for rule in RULES]


def waiting(since: datetime, until: datetime) -> int:
    """How many items of a time nobody has reviewed."""
    return sum(len(each.open) for each in lists(since, until))


def may_mark(person: Person) -> bool:
    """Whether this is an inspector who does not work at the desk too."""
    return person.may(Permission.AUDIT_REVIEW) and not person.may(Permission.CASE_ASSESS)


@transaction.atomic
def mark(entry_id: UUID, rule_name: str, *, by: Person, note: str) -> Entry:
    """Records that somebody outside the desk reviewed an item; marked again, the first review stays.

    Raises PermissionDenied for whoever may not review, or works at the desk; NotReviewed for one's own act, an empty
    note or what is on no list; Entry.DoesNotExist.
    """
    if not may_mark(by):
        raise PermissionDenied(Permission.AUDIT_REVIEW)
    entry, rule = Entry.objects.get(pk=entry_id), _BY_NAME.get(rule_name)
    if entry.actor == f"person:{by.pk}":
        raise NotReviewed("nobody reviews what they did themselves: ask another inspector")
    if not note.strip():
        raise NotReviewed("write down what you found")
    if rule is None or entry.pk not in {each.pk for each in rule.find(_around(entry))}:
        raise NotReviewed("this is on no list")
    found = _reviews([entry]).get((rule.name, entry.pk))
    return found or log.record(VERB, by=by, about=entry, purpose=note.strip(), rule=rule.name)


def _listed(rule: Rule, found: list[Entry], reviews: Reviews) -> Listed:
    items = [Item(entry, reviews.get((rule.name, entry.pk))) for entry in found[:MOST_LISTED]]
    return Listed(
        rule,
        [item for item in items if item.review is None],
        [item for item in items if item.review is not None],
        len(found) > MOST_LISTED,
    )


def _reviews(entries: Iterable[Entry]) -> Reviews:
    """The first review of each entry under each rule."""
    about = {log.name_of(entry): entry.pk for entry in entries}
    rows = Entry.objects.filter(verb=VERB, about__in=list(about)).order_by("-pk")
    return {(str(row.facts.get("rule")), about[row.about]): row for row in rows}


def _span(since: datetime, until: datetime) -> Span:
    return Span(since, until, clock.now(), cache(_read), _hours)


def _around(entry: Entry) -> Span:
    return _span(entry.at, entry.at + review_rules.HOUR)


def _read(verbs: tuple[str, ...], since: datetime, until: datetime) -> list[Entry]:
    return list(Entry.objects.filter(verb__in=verbs, at__gte=since, at__lt=until).order_by("at", "pk"))


def _hours(verbs: tuple[str, ...], since: datetime, until: datetime) -> Iterable[tuple[str, datetime]]:
    """Grouped by the database: nine weeks of a busy desk are many entries, and few hours."""
    rows = Entry.objects.filter(verb__in=verbs, at__gte=since, at__lt=until)
    return rows.annotate(hour=TruncHour("at")).order_by().values_list("actor", "hour").distinct()
