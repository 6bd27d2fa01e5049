"""Somebody leaves: what they had goes back or to somebody else, and nothing of theirs opens a door any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from nightlight.accounts import duties, people, sessions, tokens
from nightlight.accounts.duties import Open
from nightlight.accounts.models import Handed, Person, Token
from nightlight.accounts.people import PersonRefused
from nightlight.accounts.permissions import Permission, Role
from nightlight.audit import log
from nightlight.work import clock


class NotYours(ValueError):
    """A duty that is not this person's to end."""


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving ended and handed over: counts, and by kind of duty who has it now."""

    sessions: int
    tokens: int
    factors: int
    given_back: dict[str, int]
    handed: dict[str, int]


def alone_in(person: Person) -> list[Role]:
    """The roles that nobody else active has; whoever lets somebody leave should know."""
    others = [set(row.roles) for row in Person.objects.filter(is_active=True).exclude(pk=person.pk)]
    return [Role(role) for role in person.roles if not any(role in held for held in others)]


@transaction.atomic
def leave(person: Person, by: Person | str, to: Mapping[str, Person]) -> Left:
    """Ends a person's time at the hotline: claims go back, duties go to whom `to` names by kind (or stay open, where
    it names nobody), tokens, sessions, password and second factors end. One entry says all of it.

    Raises PersonRefused for the last manager or administrator, for a person who left already, and for somebody who
    may not take a duty over.
    """
    row = people.switch_off(person)
    given_back: dict[str, int] = {}
    handed: dict[str, int] = {}
    new: dict[str, str] = {}
    for open_ in duties.open_of(row):
        name = open_.duty.name
        if open_.duty.give_back is not None:
            given_back[name] = open_.duty.give_back(row)
            continue
        taker = _taker(open_, to.get(name), row)
        handed[name] = duties.hand_over(open_, row, taker)
        new[name] = f"person:{taker.pk}" if taker else "nobody"
    ended = _end_tokens(row, by)
    left = Left(sessions.end_all(row), ended, _end_secrets(row), given_back, handed)
    log.record(
        "accounts.leave",
        by=by,
        about=row,
        sessions=left.sessions,
        tokens=left.tokens,
        factors=left.factors,
        given_back=given_back,
        handed=handed,
        handed_to=new,
    )
    return left


@transaction.atomic
def done(handed_id: UUID, by: Person) -> Handed:
    """Whoever was handed a duty finished it. Raises NotYours, Handed.DoesNotExist."""
    row = Handed.objects.select_for_update().get(pk=handed_id)
    if row.to_id != by.pk:
        raise NotYours("this was not handed to you")
    if row.done_at is None:
        row.done_at = clock.now()
        row.save(update_fields=["done_at"])
        log.record("accounts.finish_duty", by=by, about=row, duty=row.duty)
    return row


@transaction.atomic
def give(handed_id: UUID, to: Person, by: Person) -> Handed:
    """Hands a duty that nobody has to somebody. Raises PersonRefused, NotYours for one that somebody has,
    Handed.DoesNotExist."""
    row = Handed.objects.select_for_update().get(pk=handed_id)
    if row.to_id is not None or row.done_at is not None:
        raise NotYours("somebody has this already")
    duty = next((each for each in duties.all_duties() if each.name == row.duty), None)
    if duty is not None:
        _may_take(to, duty.permission)
    row.to = to
    row.save(update_fields=["to"])
    log.record("accounts.hand_over", by=by, about=row, duty=row.duty, to=to.pk)
    return row


def _taker(open_: Open, to: Person | None, leaver: Person) -> Person | None:
    if to is None:
        return None
    if to.pk == leaver.pk:
        raise PersonRefused("somebody else must take it over", open_.duty.name)
    _may_take(to, open_.duty.permission, open_.duty.name)
    return to


def _may_take(to: Person, permission: Permission, field: str | None = None) -> None:
    if not to.may(permission):
        raise PersonRefused(f"{to.email} may not take this over: it needs {permission.value}", field)


def _end_tokens(person: Person, by: Person | str) -> int:
    found = list(Token.objects.filter(person=person, revoked_at=None))
    for token in found:
        tokens.revoke(token, by)
    return len(found)


def _end_secrets(person: Person) -> int:
    """A password nobody knows, and no second factor: whoever is switched on again starts anew."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    count: int = Authenticator.objects.filter(user_id=person.pk).delete()[0]
    return count
