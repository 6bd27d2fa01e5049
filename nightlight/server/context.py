"""What every page knows: the hotline's name, whether this is a rehearsal, and its languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nightlight.server.languages import PARAMETER, asked_for, choices, is_translated
from nightlight.work.home import is_rehearsal


def hotline(request: HttpRequest) -> dict[str, Any]:
    """For the templates: `hotline_name`, `base_url`, `rehearsal`, the other `languages`, and what keeps the language
    that was asked for in a link: `in_language` begins its query, `and_language` goes on with it."""
    language = asked_for(request) if is_translated(request) else ""
    return {
        "hotline_name": settings.NIGHTLIGHT.name,
        "base_url": settings.NIGHTLIGHT.base_url,
        "rehearsal": SimpleLazyObject(is_rehearsal),  # asked once a page, not once a panel
        "languages": choices(request),
        "in_language": f"?{PARAMETER}={language}" if language else "",
        "and_language": f"&{PARAMETER}={language}" if language else "",
    }
