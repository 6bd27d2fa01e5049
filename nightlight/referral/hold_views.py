"""The page of police holds: every one that is active, by its end, so that none is forgotten."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Hold
from nightlight.work import clock

MOST = 200


@allow(Permission.CASE_HOLD)
@require_GET
def active(request: HttpRequest) -> HttpResponse:
    """The holds that keep something back now, the first to end first."""
    held = Hold.objects.filter(lifted_at=None, until__gt=clock.now()).select_related("by").order_by("until")
    found = list(held[: MOST + 1])
    with transaction.atomic():
        log.record("referral.list_holds", by=person(request), purpose="work", holds=len(found[:MOST]))
    return render(request, "referral/holds.html", {"holds": found[:MOST], "more": len(found) > MOST})
