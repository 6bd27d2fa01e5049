"""Every address, page or call, names who may open it; one that does not makes this red."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from ninja import NinjaAPI, Router
from ninja.constants import NOT_SET

from nightlight.accounts.access import OWN, PUBLIC, allow, public
from nightlight.accounts.permissions import MATRIX, Permission
from nightlight.accounts.tokens import Bearer
from nightlight.server.api import api

Patterns = Sequence[URLPattern | URLResolver]
CALLS = "ninja"  # the API's part of the addresses, whose calls are walked apart
DESCRIPTION = {"openapi-json", "api-root"}  # what the API says of itself: public


def pages(patterns: Patterns, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every page and the permission its view names, None where it names none."""
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != CALLS:
                yield from pages(pattern.url_patterns, where)
        else:
            yield where, getattr(pattern.callback, "permission", None)


def calls(routers: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, Any]]:
    """Every call of the API and its authentication: NOT_SET where neither it nor its router names one."""
    for prefix, router, *_ in routers:
        for where, view in router.path_operations.items():
            for call in view.operations:
                named = call.auth_param if call.auth_param is not NOT_SET else router.auth
                yield f"{'/'.join(call.methods)} {prefix}{where}", named
        yield from calls(router._routers)


def unnamed_pages(patterns: Patterns) -> list[str]:
    known = {PUBLIC, OWN, *Permission.values}
    return [where for where, permission in pages(patterns) if permission not in known]


def unnamed_calls(routers: Sequence[tuple[Any, ...]]) -> list[str]:
    return [where for where, auth in calls(routers) if auth is NOT_SET]


def test_every_page_names_its_permission_or_is_public() -> None:
    patterns = get_resolver().url_patterns

    unnamed = unnamed_pages(patterns)

    assert len(list(pages(patterns))) > 40
    assert unnamed == []


def test_every_call_names_its_scope_or_is_public() -> None:
    unnamed = unnamed_calls(api._routers)

    assert len(list(calls(api._routers))) > 4
    assert unnamed == []


def test_the_api_has_no_addresses_beside_its_calls_and_its_description() -> None:
    (resolver,) = (
        found
        for found in get_resolver().url_patterns
        if isinstance(found, URLResolver) and found.app_name == CALLS
    )
    known = {where.split(" ", 1)[1].strip("/") for where, _ in calls(api._routers)}

    beside = [
        str(found.pattern)
        for found in resolver.url_patterns
        if isinstance(found, URLPattern)
        and found.name not in DESCRIPTION
        and str(found.pattern).replace("<", "{").replace(">", "}").strip("/") not in known
    ]

    assert beside == []


def test_every_desk_page_but_signing_in_needs_somebody() -> None:
    open_to_all = {
        where
        for where, permission in pages(get_resolver().url_patterns)
        if where.startswith("desk/") and permission == PUBLIC and not where.startswith("desk/account/")
    }

    assert open_to_all == set()


def test_every_permission_has_its_row_in_the_table() -> None:
    assert set(MATRIX) == set(Permission)


def _bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@pytest.mark.parametrize(
    ("view", "found"),
    [(_bare, ["desk/secret/"]), (allow(Permission.CASE_READ)(_bare), [])],
)
def test_a_page_without_permission_is_found(view: Any, found: list[str]) -> None:
    patterns = [path("desk/", ([path("secret/", view)], "desk", "desk"))]

    assert unnamed_pages(patterns) == found


def test_a_page_with_an_invented_permission_is_found() -> None:
    def invented(request: HttpRequest) -> HttpResponse:
        return HttpResponse("open")

    invented.permission = "everything"  # type: ignore[attr-defined]

    assert unnamed_pages([path("x/", invented), path("y/", public(lambda request: HttpResponse()))]) == ["x/"]


def test_a_call_without_scope_is_found() -> None:
    named, bare = Router(auth=Bearer("desk")), Router()
    named.get("/named")(lambda request: None)
    bare.get("/public", auth=None)(lambda request: None)
    bare.post("/bare")(lambda request: None)
    broken = NinjaAPI(urls_namespace="broken")
    broken.add_router("", named)
    broken.add_router("", bare)

    assert unnamed_calls(broken._routers) == ["POST /bare"]
