"""The desk's acts on notices and waiting cases, the list of notices that need somebody, and the page of routes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import Case
from nightlight.takedown import desk, gates, rules, verbs
from nightlight.takedown.forms import ContactForm, HostForm, RouteForm, RuleForm, SettleForm
from nightlight.takedown.models import Notice, Route, Rule
from nightlight.takedown.verbs import NotNow

PAGE = 100
N = Notice.State
NEEDS_SOMEBODY = (N.QUEUED, N.IN_DOUBT, N.BOUNCED, N.DISPUTED)


@allow(Permission.TAKEDOWN_ACT)
@require_POST
def look_again(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Looks at the address now."""
    return _act(request, case_id, lambda: desk.look_again(case_id, person(request)), _("We look at once."))


@allow(Permission.TAKEDOWN_ACT)
@require_POST
def send_again(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Tells the recipient once more."""
    return _act(request, case_id, lambda: desk.send_again(case_id, person(request)), _("It is queued."))


@allow(Permission.TAKEDOWN_ACT)
@require_POST
def close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Closes a case whose page a person saw gone."""
    return _act(
        request, case_id, lambda: desk.close_by_hand(case_id, person(request)), _("The case is closed.")
    )


@allow(Permission.TAKEDOWN_ACT)
@require_POST
def confirm_contact(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Confirms that a contact near the reported site is not suspected."""
    return _filled(
        request,
        case_id,
        ContactForm(request.POST),
        lambda said: desk.confirm_contact(case_id, said["email"], person(request)),
        _("The contact is confirmed."),
    )


@allow(Permission.TAKEDOWN_ACT)
@require_POST
def set_real_host(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Records the true host of a page."""
    return _filled(
        request,
        case_id,
        HostForm(request.POST),
        lambda said: verbs.set_real_host(case_id, said["real_host"], person(request)),
        _("The true host is traced now."),
    )


@allow(Permission.TAKEDOWN_ACT)
@require_POST
def settle(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """A person asked the recipient whether the mail arrived."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say whether it arrived."))
        return redirect("desk-notices")
    arrived = form.cleaned_data["arrived"] == "yes"
    done = _("It counts as sent.") if arrived else _("It is sent again.")
    return _act(
        request, None, lambda: desk.settle_doubt(notice_id, arrived=arrived, by=person(request)), done
    )


@allow(Permission.CASE_READ)
@require_POST
def approve(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Gives the approval a route asks for; whose it is, the verb knows."""
    return _act(request, None, lambda: desk.approve(notice_id, person(request)), _("It may leave."))


@allow(Permission.CASE_READ)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Notices that have not left, came back, or are disputed, newest first."""
    rows = Notice.objects.filter(state__in=NEEDS_SOMEBODY).order_by("-id")
    if after := _uuid(request.GET.get("after", "")):
        rows = rows.filter(pk__lt=after)
    found = list(rows.prefetch_related("pages")[: PAGE + 1])
    with transaction.atomic():
        log.record("takedown.list", by=person(request), purpose="work", notices=len(found[:PAGE]))
    words = {
        "rows": [(notice, gates.WHY_NOT.get(notice.why_not, "")) for notice in found[:PAGE]],
        "blocked": [(gates.WHY_NOT[word], count) for word, count in gates.blocked().items()],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "may_act": person(request).may(Permission.TAKEDOWN_ACT),
        "roles": person(request).roles,
    }
    return render(request, "takedown/notices.html", words)


@allow(Permission.ROUTE_MANAGE)
@require_http_methods(["GET", "POST"])
def routes(request: HttpRequest) -> HttpResponse:
    """The rules of whom to tell, and adding one."""
    form = RouteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {**form.cleaned_data, "first": Route.First(form.cleaned_data["first"])}
        try:
            desk.add_route(**said, by=person(request))
            messages.success(request, _("The rule holds from now on."))
            return redirect("desk-routes")
        except NotNow as refused:
            form.add_error("contact", str(refused))
    words = {
        "form": form,
        "rows": Route.objects.filter(ended_at=None).order_by("country", "network", "kind", "-at"),
        "rules": [(name, label, rules.is_on(Rule.Name(name))) for name, label in Rule.Name.choices],
    }
    return render(request, "takedown/routes.html", words, status=422 if form.errors else 200)


@allow(Permission.ROUTE_MANAGE)
@require_POST
def end_route(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """Ends a rule."""
    get_object_or_404(Route, pk=route_id)
    return _act(
        request, None, lambda: desk.end_route(route_id, person(request)), _("The rule ended."), "desk-routes"
    )


@allow(Permission.ROUTE_MANAGE)
@require_POST
def switch_rule(request: HttpRequest) -> HttpResponse:
    """Switches on or off what may happen by itself."""
    form = RuleForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        rules.switch(Rule.Name(said["rule"]), on=said["on"], by=person(request))
        messages.success(request, _("Saved."))
    return redirect("desk-routes")


def _filled(
    request: HttpRequest, case_id: UUID, form: forms.Form, act: Callable[[dict[str, Any]], object], done: str
) -> HttpResponse:
    if form.is_valid():
        return _act(request, case_id, lambda: act(form.cleaned_data), done)
    messages.error(request, _("We could not read that."))
    return redirect("desk-case", case_id)


def _act(
    request: HttpRequest,
    case_id: UUID | None,
    act: Callable[[], object],
    done: str,
    back: str = "desk-notices",
) -> HttpResponse:
    """Does one act and says how it went, on the case's page or on `back`."""
    if case_id is not None:
        get_object_or_404(Case, pk=case_id)
    try:
        act()
    except NotNow as refused:
        messages.error(request, str(refused))
    except Notice.DoesNotExist:
        messages.error(request, _("There is no such notice."))
    else:
        messages.success(request, done)
    return redirect("desk-case", case_id) if case_id is not None else redirect(back)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
