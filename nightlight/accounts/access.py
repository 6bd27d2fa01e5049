"""Every view names its permission: `@allow(Permission.X)`, `@own` or `@public`. A test walks all routes.

What a guarded view answers is kept by no cache: it would still be on the screen's machine after signing out.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from nightlight.accounts import second_factor
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission

View = Callable[..., HttpResponseBase]

PUBLIC = "public"
OWN = "own"


def public(view: View) -> View:
    """Anyone may open this page."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def own(view: View) -> View:
    """Whoever is signed in may open this page, about themselves; no second factor yet, it is set up here."""
    return _guarded(view, OWN, _refuse_nobody)


def allow(permission: Permission) -> Callable[[View], View]:
    """Only people whose roles carry the permission, signed in with a second factor in a real home; others are sent
    to sign in, or refused."""

    def refuse(request: HttpRequest) -> HttpResponseBase | None:
        if not person(request).may(permission):
            raise PermissionDenied(permission)
        return second_factor.asked(request)

    return lambda view: _guarded(view, permission, refuse)


def person(request: HttpRequest) -> Person:
    """The signed-in person of a view guarded by `allow` or `own`."""
    return cast(Person, request.user)


def _guarded(view: View, permission: str, refuse: Callable[[HttpRequest], HttpResponseBase | None]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        answer = refuse(request) or view(request, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    guarded.permission = permission  # type: ignore[attr-defined]
    return guarded


def _refuse_nobody(request: HttpRequest) -> None:
    return None
