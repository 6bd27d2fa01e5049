"""The quiet line under the head of every desk page: `{% care_line %}`."""

from typing import Any

from django import template
from django.template import Context

from nightlight.accounts.models import Person
from nightlight.assess import welfare

register = template.Library()


@register.inclusion_tag("assess/care_line.html", takes_context=True)
def care_line(context: Context) -> dict[str, Any]:
    """How whoever is signed in stands with material today; nothing for whoever is never shown any."""
    request = context.get("request")
    if request is None or not isinstance(request.user, Person):
        return {}
    return {"care": context.get("care") or welfare.for_page(request.user)}
