"""The pages of floods: each one, some of what it holds, and the one act that settles it."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.triage import flood
from nightlight.triage.flood_models import Flood, Held

SHOWN, PREVIEW = 100, 5
ACTS = {"clear": flood.clear, "bring_back": flood.bring_back, "release": flood.release}


@allow(Permission.CASE_READ)
@require_GET
def every_flood(request: HttpRequest) -> HttpResponse:
    """Floods, those that wait first."""
    # Counted flood by flood along an index, so that what was settled long ago costs nothing.
    waits = Held.objects.filter(flood=OuterRef("pk"), state=Held.State.WAITING).order_by().values("flood")
    waiting = Coalesce(Subquery(waits.annotate(n=Count("pk")).values("n")), 0)
    rows = Flood.objects.annotate(waiting=waiting).order_by("-waiting", "-last_at")
    return render(request, "triage/floods.html", {"floods": rows[:SHOWN]})


@allow(Permission.CASE_READ)
@require_GET
def one_flood(request: HttpRequest, flood_id: UUID) -> HttpResponse:
    """What a flood holds: how many, and the first and the last of them in their own words."""
    found = get_object_or_404(Flood.objects.select_related("case"), pk=flood_id)
    rows = found.reports.select_related("report").order_by("pk")
    first, last = list(rows[:PREVIEW]), list(rows.order_by("-pk")[:PREVIEW])
    shown = {row.pk: row for row in [*first, *reversed(last)]}
    counts = dict(found.reports.order_by().values_list("state").annotate(Count("pk")))
    words = {
        "flood": found,
        "shown": list(shown.values()),
        "counts": [(state.label, counts.get(state, 0)) for state in Held.State],
        "waiting": counts.get(Held.State.WAITING, 0),
        "cleared": counts.get(Held.State.CLEARED, 0),
        "may_settle": person(request).may(Permission.CASE_ASSESS),
    }
    return render(request, "triage/flood.html", words)


@allow(Permission.CASE_ASSESS)
@require_POST
def settle(request: HttpRequest, flood_id: UUID) -> HttpResponse:
    """Clears what a flood holds, brings it back, or has it sorted."""
    get_object_or_404(Flood, pk=flood_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return HttpResponseBadRequest()
    try:
        count = act(flood_id, person(request))
    except flood.StillSettling:
        messages.error(request, _("The act before is not finished yet. Please try again in a moment."))
    else:
        _say(request, count, Flood.objects.get(pk=flood_id))
    return redirect("flood", flood_id)


def _say(request: HttpRequest, count: int, found: Flood) -> None:
    if found.settling:
        words = ngettext(
            "Begun: %(n)s report. It goes on by itself.", "Begun: %(n)s reports. It goes on by itself.", count
        )
    else:
        words = ngettext("Done: %(n)s report.", "Done: %(n)s reports.", count)
    messages.success(request, words % {"n": count})
