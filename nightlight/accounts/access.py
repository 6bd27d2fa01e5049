"""Every view names its permission: `@allow(Permission.X)` or `@public`. A test walks all routes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """Anyone may open this page."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def allow(permission: Permission) -> Callable[[View], View]:
    """Only people whose roles carry the permission; others are sent to sign in, or refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not person(request).may(permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def person(request: HttpRequest) -> Person:
    """The signed-in person of a view guarded by `allow`."""
    return cast(Person, request.user)
