"""How the desk looks on this device, dark or light, and which language it speaks. Each is kept in a cookie, which says
nothing else and is set only for people who are signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from nightlight.accounts.access import own

COOKIE = "desk"
LANGUAGE_COOKIE = "desk_language"
LOOKS = frozenset({"night", "day"})
DESK = "/desk/"
YEAR = 365 * 24 * 3600


@own
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Shows the desk this way from now on, beginning with the page where it was asked."""
    back = request.POST.get("next", "")
    here = back.startswith(DESK) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = redirect(back if here else DESK)
    wished = ((COOKIE, "look", LOOKS), (LANGUAGE_COOKIE, "language", dict(settings.LANGUAGES)))
    for cookie, name, allowed in wished:
        if (value := request.POST.get(name, "")) in allowed:
            answer.set_cookie(
                cookie,
                value,
                max_age=YEAR,
                path=DESK,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
    return answer
