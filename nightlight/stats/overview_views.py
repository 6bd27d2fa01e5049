"""The manager's overview at the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from nightlight.accounts.access import allow
from nightlight.accounts.permissions import Permission
from nightlight.stats import overview as now_
from nightlight.work import clock

LABELS = {
    "reports": _("Reports, by address"),
    "decided": _("Decided"),
    "confirmed": _("Confirmed"),
    "notices": _("Notices sent"),
    "gone": _("Pages gone"),
}
MOST_PAGES = 400


@allow(Permission.STATS_READ)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Today, this week, the queues, and the clocks about to be missed."""
    now, page = clock.now(), _page(request)
    flows = now_.flows(now)
    deadlines, more = now_.deadlines(now, page)
    told = {
        "now": now,
        "flows": [
            (label, [getattr(flow, name) for flow in flows.values()]) for name, label in LABELS.items()
        ],
        "queues": now_.queues(),
        "deadlines": deadlines,
        "page": page,
        "next": page + 1 if more else None,
        "late": now_.late_second_looks(now),
        "holds": now_.holds_ending(now),
        "alarms": now_.alarms(),
        "stuck": now_.stuck(),
    }
    return render(request, "stats/overview.html", told)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 10 else 1
