"""Bearer tokens of the API: who the caller is and what they may ask.

A desk token is a named person's: it may what that person may, and outside a rehearsal it works only from networks
that a manager named (`networks.py`). A rehearsal makes a person up where none is named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja.security import HttpBearer

from nightlight.accounts import caller as caller_address
from nightlight.accounts import networks
from nightlight.accounts.models import Person, Token
from nightlight.accounts.permissions import Permission, Role
from nightlight.audit import log
from nightlight.vault.tokens import new_token, token_digest
from nightlight.work import clock
from nightlight.work.home import is_rehearsal, ring


class Scope(StrEnum):
    """What a token opens."""

    DESK = "desk"  # cases, as the person it belongs to
    MEMBER = "member"  # lists, match, opinions
    REPORT = "report"  # reports without a challenge, as a vetted partner
    URLS_CLEAR = "urls_clear"  # with member: addresses in clear
    DISTANCE = "distance"  # with member: how far a match is
    METRICS = "metrics"  # the server's own numbers


MEMBERS = frozenset({Scope.MEMBER, Scope.URLS_CLEAR, Scope.DISTANCE})


class TokenRefused(ValueError):
    """A token that can't be made; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An API caller: the token's name, its scopes and, for a desk token, the person."""

    token_id: str
    name: str
    scopes: frozenset[str]
    person: Person | None


@transaction.atomic
def issue(
    name: str, scopes: Sequence[str], person: Person | None = None, *, by: Person | str = "system"
) -> str:
    """Makes a token and returns it, the only time it is seen; the database keeps a keyed digest.

    Raises TokenRefused for a token without a name, a scope nobody knows, none at all, one that is not this person's to
    give, or a desk token that is nobody's (in a rehearsal a person with the roles of an analyst and a senior analyst
    is made for it, named after the token).
    """
    wanted = _known(scopes)
    if not name.strip():
        raise TokenRefused("say whose or what the token is for")
    _may_give(by, wanted, person)
    if Scope.DESK in wanted and person is None:
        person = _made_up(f"{_slug(name)}@rehearsal.invalid", name)
    secret = new_token(wanted[0])
    token = Token.objects.create(
        name=name[:120],
        digest=token_digest(ring(), secret),
        scopes=wanted,
        person=person,
        created_at=clock.now(),
    )
    log.record(
        "accounts.issue_token", by=by, about=token, scopes=wanted, person=person.pk if person else None
    )
    return secret


def _may_give(by: Person | str, scopes: Sequence[str], person: Person | None) -> None:
    """Administrators see no material, so they give nobody's eyes away: not an analyst's, not a member's."""
    if not isinstance(by, Person):
        return
    if Scope.DESK in scopes and (person is None or person.pk != by.pk):
        raise TokenRefused(
            "a desk token acts as its person: an operator makes it with the command nightlight token"
        )
    if MEMBERS & set(scopes) and not by.may(Permission.SHARING_MANAGE):
        raise TokenRefused("a member's token is for a manager to give")


@transaction.atomic
def issue_for(
    name: str, scopes: Sequence[str], email: str | None = None, *, by: Person | str = "system"
) -> str:
    """Makes a token for the person with this e-mail, as `issue` does.

    Raises TokenRefused for an e-mail nobody has; a rehearsal makes that person for a desk token.
    """
    if not email:
        return issue(name, scopes, by=by)
    person = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        if Scope.DESK not in scopes or not is_rehearsal():
            raise TokenRefused(f"nobody active here has the e-mail {email}")
        person = _made_up(email, name)
    return issue(name, scopes, person, by=by)


@transaction.atomic
def revoke(token: Token, by: Person | str) -> Token:
    """Ends a token at once; its row stays, so that the log can be read."""
    row = Token.objects.select_for_update().get(pk=token.pk)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        log.record("accounts.revoke_token", by=by, about=row)
    return row


def read(secret: str, address: str | None = None) -> Caller | None:
    """Who a token belongs to, or None if it is unknown, revoked, a desk token used from a network that nobody
    named, or its person is switched off. `address` is where the request came from."""
    token = (
        Token.objects.select_related("person")
        .filter(digest=token_digest(ring(), secret), revoked_at=None)
        .first()
    )
    if token is None or (token.person and not token.person.is_active):
        return None
    if Scope.DESK in token.scopes and not (is_rehearsal() or networks.admits(address)):
        return None
    return Caller(str(token.pk), token.name, frozenset(token.scopes), token.person)


class WrongScope(Exception):
    """A token that holds, but does not open this; `scope` is the one that does."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"This needs a token with the scope {scope}")
        self.scope = scope


class Bearer(HttpBearer):
    """Asks for a bearer token that carries `scope`; the operation finds the Caller in `request.auth`.

    A token that does not hold is no token; one that holds and lacks the scope raises WrongScope.
    """

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = Scope(scope)

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        caller = read(token, caller_address.direct(request))
        if caller and self.scope not in caller.scopes:
            raise WrongScope(self.scope)
        return caller


class Anyone(HttpBearer):
    """Lets everybody in, and tells who they are where they name a token: `request.auth` is its Caller or ANONYMOUS.
    A token that is named must hold."""

    ANONYMOUS = "anonymous"

    def __call__(self, request: HttpRequest) -> Any:
        """The Caller, ANONYMOUS, or None for a token that does not hold."""
        return super().__call__(request) if self.header in request.headers else self.ANONYMOUS

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        return read(token, caller_address.direct(request))


def _known(scopes: Sequence[str]) -> list[str]:
    known = ", ".join(Scope)
    if not scopes:
        raise TokenRefused(f"name what the token opens: {known}")
    if unknown := sorted(set(scopes) - set(Scope)):
        raise TokenRefused(f"there is no scope {unknown[0]}; known are {known}")
    return [str(scope) for scope in dict.fromkeys(scopes)]


def _made_up(email: str, name: str) -> Person:
    """The rehearsal's person of this e-mail, made if need be. Raises TokenRefused in a real home."""
    if not is_rehearsal():
        raise TokenRefused("a desk token is a named person's: add --for EMAIL")
    email = email.strip().lower()
    found = Person.objects.filter(email=email).first()
    if found:
        return found
    person = Person.objects.create_user(
        email, None, name=name[:120], roles=[Role.ANALYST, Role.SENIOR_ANALYST]
    )
    log.record("accounts.add_person", by="system", about=person, roles=person.roles)
    return person


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "desk"
