"""What every page knows: the hotline's name, whether this is a rehearsal, its languages, and whom to call."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nightlight.intake import helplines
from nightlight.server.languages import PARAMETER, asked_for, choices, part_of, rehearsal, unreviewed


def hotline(request: HttpRequest) -> dict[str, Any]:
    """For the templates: `hotline_name`, `base_url`, `rehearsal`, the `languages` of the page, `unreviewed` (words for
    a page whose translation nobody reviewed), the telephone `numbers` of the reader's country, and what keeps language
    and country in a link, where the address names them: `in_language` begins its query, `and_language` goes on with it.
    """
    kept = _kept(request)
    return {
        "hotline_name": settings.NIGHTLIGHT.name,
        "base_url": settings.NIGHTLIGHT.base_url,
        "rehearsal": SimpleLazyObject(partial(rehearsal, request)),
        "languages": SimpleLazyObject(partial(choices, request)),
        "unreviewed": unreviewed(request),
        "numbers": SimpleLazyObject(lambda: helplines.numbers(request)),
        "countries": SimpleLazyObject(helplines.choices),
        "in_language": f"?{kept}" if kept else "",
        "and_language": f"&{kept}" if kept else "",
    }


def _kept(request: HttpRequest) -> str:
    """The part of a query that goes on from page to page."""
    if part_of(request) not in ("young", "public"):
        return ""
    chosen = {PARAMETER: asked_for(request), helplines.PARAMETER: helplines.asked_for(request)}
    return urlencode({name: value for name, value in chosen.items() if value})
