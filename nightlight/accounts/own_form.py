"""Public forms that need no cookie: posts from our own pages only, by the Fetch Metadata a browser sends (W3C)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

Page = Callable[..., HttpResponse]


def own_form(view: Page) -> Page:
    """Refuses a post that a browser says comes from another site; the answer is kept by no cache."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sent_from = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.method == "POST" and sent_from not in ("same-origin", "none"):
            raise PermissionDenied("a form of another site")
        return view(request, *args, **kwargs)

    return checked
