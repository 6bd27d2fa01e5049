"""What every page knows: the hotline's name, whether this is a rehearsal, and its languages."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nightlight.server.languages import PARAMETER, asked_for, choices, rehearsal, unreviewed


def hotline(request: HttpRequest) -> dict[str, Any]:
    """For the templates: `hotline_name`, `base_url`, `rehearsal`, the `languages` of the page, `unreviewed` (words for
    a page whose translation nobody reviewed), and what keeps the language that was asked for in a link: `in_language`
    begins its query, `and_language` goes on with it."""
    language = asked_for(request)
    return {
        "hotline_name": settings.NIGHTLIGHT.name,
        "base_url": settings.NIGHTLIGHT.base_url,
        "rehearsal": SimpleLazyObject(partial(rehearsal, request)),
        "languages": SimpleLazyObject(partial(choices, request)),
        "unreviewed": unreviewed(request),
        "in_language": f"?{PARAMETER}={language}" if language else "",
        "and_language": f"&{PARAMETER}={language}" if language else "",
    }
