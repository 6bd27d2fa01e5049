"""What attackers of every kind need: every address of the house, and somebody of every role."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from nightlight.accounts.models import Person

SOMETHING = UUID("0197c0de-0000-7000-8000-000000000001")
PLACES = {"uuid": str(SOMETHING), "int": "1", "str": "something", "slug": "something", "path": "something"}
# Converters of our own and the addresses that fill them.
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
_FILLED = {"format": "json", "table": "headline", "key": "something", "uidb36": "1"}


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the house that is no call of the API, and who may open it."""

    path: str
    permission: str


def all_pages() -> list[Page]:
    """Every page, with the places in its address filled with things that are not there."""
    return list(_pages(get_resolver().url_patterns, "/"))


def _pages(patterns: Sequence[URLPattern | URLResolver], prefix: str) -> Iterator[Page]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "ninja":
                yield from _pages(pattern.url_patterns, where)
        else:
            yield Page(_PLACE.sub(_fill, where), getattr(pattern.callback, "permission", ""))


def _fill(place: re.Match[str]) -> str:
    return _FILLED.get(place[2]) or PLACES.get(place[1] or "str", "something")


@pytest.fixture
def browser(someone: Callable[..., Person]) -> Callable[..., Client]:
    """`browser("manager")` is the browser of a new person with these roles; without any, a stranger's."""

    def opened(*roles: str, strict: bool = False) -> Client:
        client = Client(enforce_csrf_checks=strict)
        client.raise_request_exception = False
        if roles:
            client.force_login(someone(*roles), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return opened
