"""Bearer tokens of the API: who the caller is and what they may ask."""

from dataclasses import dataclass

from django.http import HttpRequest
from ninja.security import HttpBearer

from nightlight.accounts.models import Person, Token
from nightlight.audit import log
from nightlight.vault.tokens import new_token, token_digest
from nightlight.work import clock
from nightlight.work.home import ring


@dataclass(frozen=True, slots=True)
class Caller:
    """An API caller: the token's name, its scopes and, for a desk token, the person."""

    token_id: str
    name: str
    scopes: frozenset[str]
    person: Person | None


def issue(name: str, scopes: list[str], person: Person | None = None) -> str:
    """Makes a token and returns it, the only time it is seen; the database keeps a keyed digest."""
    secret = new_token(scopes[0])
    token = Token.objects.create(
        name=name, digest=token_digest(ring(), secret), scopes=scopes, person=person, created_at=clock.now()
    )
    log.record(
        "accounts.issue_token", by="system", about=token, scopes=scopes, person=person.pk if person else None
    )
    return secret


def read(secret: str) -> Caller | None:
    """Who a token belongs to, or None if it is unknown or revoked."""
    token = (
        Token.objects.select_related("person")
        .filter(digest=token_digest(ring(), secret), revoked_at=None)
        .first()
    )
    if token is None or (token.person and not token.person.is_active):
        return None
    return Caller(str(token.pk), token.name, frozenset(token.scopes), token.person)


class Bearer(HttpBearer):
    """Asks for a bearer token that carries `scope`; the operation finds the Caller in `request.auth`."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        caller = read(token)
        return caller if caller and self.scope in caller.scopes else None
