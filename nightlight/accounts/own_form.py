"""Public forms that need no cookie: posts from our own pages only, by the Fetch Metadata a browser sends (W3C)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
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
        if request.method == "POST" and not _is_own(request):
            raise PermissionDenied("a form of another site")
        return view(request, *args, **kwargs)

    return checked


def _is_own(request: HttpRequest) -> bool:
    """Whether a post comes from a page of ours, or from what is no browser. Older browsers send `Origin` alone."""
    sent_from = request.headers.get("Sec-Fetch-Site")
    if sent_from is not None:
        return sent_from in ("same-origin", "none")
    ours = (settings.NIGHTLIGHT.base_url, f"{request.scheme}://{request.get_host()}")
    return request.headers.get("Origin", ours[0]) in ours
