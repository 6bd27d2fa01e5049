"""Pages of the server itself: health, metrics, security.txt and the status of due work."""

import re
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from nightlight.accounts import caller, tokens
from nightlight.accounts.access import allow, person, public
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.index import known_index
from nightlight.casebook.models import Case, Report
from nightlight.work import clock, due
from nightlight.work.home import WrongHome, check
from nightlight.work.models import Work

PAGE = 100
_COUNT = re.compile(r"[0-9]{1,9}")


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and belongs to this home; 503 with the reason otherwise."""
    try:
        check()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except WrongHome as error:
        return JsonResponse({"status": "not ready", "why": str(error)}, status=503)
    except Exception as error:
        return JsonResponse({"status": "not ready", "why": type(error).__name__}, status=503)
    return JsonResponse({"status": "ready"})


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts in Prometheus' text format, for loopback or a token of scope `metrics`."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    who = tokens.read(bearer) if bearer else None
    if not _is_of_this_machine(request) and not (who and "metrics" in who.scopes):
        return HttpResponse("metrics are for loopback or a token\n", status=403, content_type="text/plain")
    work = _work_counts()
    lines = [
        f'nightlight_work{{state="{name}"}} {count}' for name, count in work.items() if isinstance(count, int)
    ]
    lines += [
        f'nightlight_cases{{state="{row["state"]}"}} {row["n"]}'
        for row in Case.objects.values("state").annotate(n=Count("id")).order_by("state")
    ]
    lines.append(f"nightlight_reports {Report.objects.count()}")
    if held := known_index().held():  # this process's own
        for name, count in zip(("pictures", "frames", "number"), held, strict=True):
            lines.append(f"nightlight_index_{name} {count}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


@public
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116."""
    expires = (clock.real_now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    text = (
        f"Contact: mailto:{settings.NIGHTLIGHT.email_from}\n"
        f"Expires: {expires}\n"
        "Preferred-Languages: en\n"
        f"Canonical: {settings.NIGHTLIGHT.base_url}/.well-known/security.txt\n"
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@allow(Permission.WORK_READ)
def work_page(request: HttpRequest) -> HttpResponse:
    """What is due, held and dead, oldest first."""
    after = request.GET.get("after", "")
    rows = Work.objects.order_by("state", "due", "id")
    offset = int(after) if _COUNT.fullmatch(after) else 0
    page = list(rows[offset : offset + PAGE + 1])
    words = {
        "counts": _work_counts(),
        "work": page[:PAGE],
        "next": offset + PAGE if len(page) > PAGE else None,
        "now": clock.now(),
        "may_revive": person(request).may(Permission.WORK_REVIVE),
    }
    return render(request, "work.html", words)


@allow(Permission.WORK_REVIVE)
@require_POST
def revive(request: HttpRequest, work_id: UUID) -> HttpResponse:
    """Starts dead work again."""
    if due.revive(work_id):
        log.record("work.revive", by=person(request), work=work_id)
    return redirect("work")


def _is_of_this_machine(request: HttpRequest) -> bool:
    """Whether the caller is on loopback itself, and not a stranger for whom a proxy on this machine speaks."""
    return caller.direct(request) in ("127.0.0.1", "::1")


def _work_counts() -> dict[str, object]:
    now, real = clock.now(), clock.real_now()
    dead = Q(state=Work.State.DEAD)
    return Work.objects.aggregate(
        later=Count("id", filter=~dead & Q(due__gt=now)),
        held=Count("id", filter=Q(leased_until__gt=real)),
        failing=Count("id", filter=~dead & Q(not_before__gt=real)),
        dead=Count("id", filter=dead),
        oldest=Min("due", filter=~dead & Q(due__lte=now)),
        due=Count(
            "id", filter=~dead & Q(due__lte=now)
        ),  # last: from here on `due` is this count, not the field
    )


urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path(".well-known/security.txt", security_txt),
    path("desk/work/", work_page, name="work"),
    path("desk/work/<uuid:work_id>/revive/", revive, name="work-revive"),
]
