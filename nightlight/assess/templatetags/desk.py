"""Where the desk leads: the places in its header, only those that this person may enter."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission

P = Permission

register = template.Library()


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the desk: its name, address, who may enter, and the key that leads there."""

    label: str | Promise
    path: str
    permission: Permission
    key: str = ""


PLACES = (
    Place(_("Queue"), "/desk/", P.CASE_READ, "q"),
    Place(_("Waiting"), "/desk/waiting/", P.CASE_READ, "w"),
    Place(_("Together"), "/desk/together/", P.CASE_ASSESS),
    Place(_("Find"), "/desk/search/", P.CASE_READ, "f"),
    Place(_("Alarms"), "/desk/alarms/", P.ALARM_READ, "u"),
    Place(_("Calls"), "/desk/calls/", P.CASE_ASSESS),
    Place(_("Floods"), "/desk/floods/", P.CASE_READ),
    Place(_("Appeals"), "/desk/appeals/", P.APPEAL_DECIDE),
    Place(_("Referrals"), "/desk/referrals/", P.REFERRAL_READ),
    Place(_("Notices"), "/desk/notices/", P.CASE_READ),
    Place(_("Overview"), "/desk/overview/", P.STATS_READ),
    Place(_("Office"), "/desk/office/", P.MATRIX_READ),
    Place(_("Due work"), "/desk/work/", P.WORK_READ),
    Place(_("Log"), "/desk/audit/", P.AUDIT_READ),
)


def places_for(person: Person) -> Iterator[Place]:
    """The places this person may enter, of those this installation has."""
    for place in PLACES:
        if person.may(place.permission) and _exists(place.path):
            yield place


@register.simple_tag(takes_context=True)
def desk_places(context: Context) -> list[tuple[Place, bool]]:
    """Each place with whether it is the present page."""
    request = context.get("request")
    if request is None or not isinstance(request.user, Person):
        return []
    return [(place, place.path == request.path) for place in places_for(request.user)]


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
