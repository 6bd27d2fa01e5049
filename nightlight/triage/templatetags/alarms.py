"""The head of every desk page: `{% alarm_banner %}`."""

from typing import Any

from django import template
from django.template import Context

from nightlight.accounts.models import Person
from nightlight.triage.alarm_banner import banner
from nightlight.triage.drills import FAULTS

register = template.Library()


@register.inclusion_tag("triage/alarm_head.html", takes_context=True)
def alarm_banner(context: Context) -> dict[str, Any]:
    """The alarms that concern whoever is signed in, and the script that asks for new ones."""
    request = context.get("request")
    if request is None or not isinstance(request.user, Person):
        return {"may_see_alarms": False}
    return banner(request.user)


@register.filter
def in_words(fault: str) -> Any:
    """What kept a drill from passing."""
    return FAULTS[fault]
