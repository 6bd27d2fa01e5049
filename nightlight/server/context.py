"""What every page knows: the hotline's name and whether this is a rehearsal."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nightlight.work.home import is_rehearsal


def hotline(request: HttpRequest) -> dict[str, Any]:
    """`hotline_name`, `base_url` and `rehearsal` for the templates."""
    return {
        "hotline_name": settings.NIGHTLIGHT.name,
        "base_url": settings.NIGHTLIGHT.base_url,
        "rehearsal": SimpleLazyObject(is_rehearsal),  # asked once a page, not once a panel
    }
