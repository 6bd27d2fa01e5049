"""Which language a page speaks: the one asked for in the address, else the browser's; no cookie remembers it.

Only pages that are translated speak anything but English: a page that says `lang="ar"` and reads English helps nobody.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_info

PARAMETER = "language"
# The desk, the published tables and what programs read are in English.
ENGLISH_ONLY = ("/desk/", "/transparency/", "/api/")


class Languages(LocaleMiddleware):
    """Activates the language of a page and says so in its headers."""

    def process_request(self, request: HttpRequest) -> None:
        language = settings.LANGUAGE_CODE
        if is_translated(request):
            language = asked_for(request) or translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if is_translated(request):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def is_translated(request: HttpRequest) -> bool:
    """Whether this page speaks more than English."""
    return not request.path_info.startswith(ENGLISH_ONLY)


def asked_for(request: HttpRequest) -> str:
    """The language that the address names, if it is one of ours."""
    asked = request.GET.get(PARAMETER, "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def choices(request: HttpRequest) -> list[dict[str, str]]:
    """The other languages of this page: `code`, `name` in the language itself, and the `address` that leads there.

    None on an answer to a form: following a link there would lose what is shown only once, such as a receipt.
    """
    if request.method != "GET" or not is_translated(request):
        return []
    found = []
    for code, _name in settings.LANGUAGES:
        if code == translation.get_language():
            continue
        query = request.GET.copy()
        query[PARAMETER] = code
        info = get_language_info(code)
        found.append({"code": code, "name": str(info["name_local"]), "address": f"?{query.urlencode()}"})
    return found
