"""Which language a page speaks. No cookie remembers it on public pages: the address names it, else the browser does. On
the desk a signed-in person chooses it (accounts/appearance.py), else it is English.

A page speaks only what may be shown of its part (speech/tongues.py). What programs read and mails to providers are in
English: a notice has the words of its own texts, in the language a manager gave them (casebook/texts.py).
"""

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_info, gettext_noop
from django.utils.translation.trans_real import parse_accept_lang_header

from nightlight.accounts.appearance import LANGUAGE_COOKIE
from nightlight.server.speech import tongues
from nightlight.server.speech.tongues import SOURCE
from nightlight.work.home import is_rehearsal

PARAMETER = "language"
PROGRAMS = ("/api/", "/m/", "/h/", "/healthz", "/readyz", "/metrics", "/.well-known/", "/static/")
TABLES = (".json", ".csv")
DESK = "/desk/"
# What a young person opens; its translations are signed apart. A new page for them is named here.
YOUNG = ("/young-people/", "/about-me/")
UNREVIEWED = {
    "machine": gettext_noop("This translation was made by a machine and not yet reviewed by a person."),
    "person": gettext_noop("This translation was not yet reviewed by a second person."),
}
_KEPT = "nightlight.rehearsal"


class Languages(LocaleMiddleware):
    """Activates the language of a page and says so in its headers."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(spoken(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if part_of(request) not in ("", "desk"):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def part_of(request: HttpRequest) -> str:
    """Whose texts this page has: `young`, `public` or `desk`; empty for what is in English only."""
    path = request.path_info
    if path.startswith(DESK):
        return "desk"
    if path.startswith(PROGRAMS) or path.endswith(TABLES):
        return ""
    return "young" if path.startswith(YOUNG) else "public"


def spoken(request: HttpRequest) -> str:
    """The first language wished for that this page may speak, else English."""
    for code in _wished(request):
        if code == SOURCE or _may(request, code):
            return code
    return SOURCE


def asked_for(request: HttpRequest) -> str:
    """The language that the address of a public page names, if there is such a language."""
    asked = request.GET.get(PARAMETER, "") if part_of(request) in ("young", "public") else ""
    return asked if asked in tongues.tongues() else ""


def rehearsal(request: HttpRequest) -> bool:
    """Whether this is a rehearsal; the database is asked once a page, not once a panel."""
    if _KEPT not in request.META:
        request.META[_KEPT] = is_rehearsal()
    return bool(request.META[_KEPT])


def unreviewed(request: HttpRequest) -> str:
    """In English, that nobody reviewed the translation of this page; empty if somebody did."""
    code, part = translation.get_language() or SOURCE, part_of(request)
    if not part or code not in tongues.tongues() or tongues.reviewed(code, part):
        return ""
    return UNREVIEWED["person" if tongues.tongues()[code].made == "person" else "machine"]


def choices(request: HttpRequest) -> list[dict[str, Any]]:
    """The languages of this page: `code`, `name` and `direction` in the language itself, whether it is the `current`
    one, and the `address` that leads there. Empty if there is but English.

    None on an answer to a form: following a link there would lose what is shown only once, such as a receipt.
    """
    if request.method != "GET" or not part_of(request):
        return []
    found = []
    for code in tongues.tongues():
        if code != SOURCE and not _may(request, code):
            continue
        query = request.GET.copy()
        query[PARAMETER] = code
        info = get_language_info(code)
        name = str(info["name_local"])
        found.append(
            {
                "code": code,
                "name": name[0].upper() + name[1:],
                "direction": "rtl" if info["bidi"] else "ltr",
                "current": code == translation.get_language(),
                "address": f"?{query.urlencode()}",
            }
        )
    return sorted(found, key=_by_letters) if len(found) > 1 else []


def _wished(request: HttpRequest) -> Iterator[str]:
    part = part_of(request)
    if part == "desk":
        yield request.COOKIES.get(LANGUAGE_COOKIE, "")
    elif part:
        yield asked_for(request)
        for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
            yield code if code in tongues.tongues() else code.partition("-")[0]


def _may(request: HttpRequest, code: str) -> bool:
    part = part_of(request)
    if not tongues.served(code, part, rehearsal=True):  # without asking the database
        return False
    return tongues.served(code, part, rehearsal=rehearsal(request))


def _by_letters(choice: dict[str, Any]) -> str:
    """Latin letters by their base letter, then Greek, Cyrillic and Arabic."""
    return unicodedata.normalize("NFD", choice["name"]).casefold()
