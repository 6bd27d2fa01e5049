"""The pages of the queue: what is to be decided, narrowed and ordered as a person likes, and the next case."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import filters, queue, saved, search, welfare
from nightlight.assess.decision import NotAllowed, Refused
from nightlight.assess.filters import Filters
from nightlight.assess.next_case import take_next
from nightlight.assess.queue_forms import FilterForm, ViewForm
from nightlight.assess.templatetags.desk import places_for
from nightlight.assess.welfare import Standing
from nightlight.casebook.models import Case
from nightlight.casebook.words import State

LAST_VIEW = "queue"  # in the session: `the next case` is the next of what was looked at last


@allow(Permission.MATRIX_READ)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The queue; who may not see cases is led to the first place they may enter."""
    reader = person(request)
    if not reader.may(Permission.CASE_READ):
        return redirect(next(place.path for place in places_for(reader)))
    chosen = filters.read(request.GET)
    care = welfare.for_page(reader)
    rows, more = queue.page(chosen, reader, _after(request), care)
    number, is_all = queue.counted(chosen, reader, care)
    said = filters.said(chosen)
    _remember(request, said)
    words = {
        "rows": rows,
        "next": more,
        "chosen": chosen,
        "address": urlencode(said),
        "form": FilterForm(initial={**said, "domain": _site(chosen, rows)}),
        "view_form": ViewForm(),
        "said": list(said.items()),
        "views": [(view, urlencode(filters.said(saved.chosen(view)))) for view in saved.views_of(reader)],
        "number": number,
        "is_all": is_all,
        "states": _counted(reader, care),
        "care": care,
        "may_take": reader.may(Permission.CASE_ASSESS),
    }
    return render(request, "assess/queue.html", words)


@allow(Permission.CASE_READ)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """The cases the desk must look at again, and why."""
    rows, more = queue.page(Filters(state=State.WAITING), person(request), _after(request))
    return render(request, "assess/waiting.html", {"rows": rows, "next": more})


@allow(Permission.CASE_READ)
@require_POST
def narrow(request: HttpRequest) -> HttpResponse:
    """Leads to the queue as it was asked for. Posted, so that a site is in no address but as its digest."""
    form = FilterForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This makes no view: %s") % " ".join(map(str, form.errors.values())))
        return redirect("desk")
    given = {**form.cleaned_data}
    if given["domain"]:
        given["domain"] = search.digest_of_domain(person(request), given["domain"])
        if not given["domain"]:
            messages.error(request, _("This is no name of a site. Type it like site.example."))
    return _to_queue(filters.read(given))


@allow(Permission.CASE_READ)
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the present view under a name."""
    chosen = filters.read(request.POST)
    try:
        saved.save(person(request), request.POST.get("name", ""), chosen, filters.domain_name(chosen.domain))
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, refused.message)
    return _to_queue(chosen)


@allow(Permission.CASE_READ)
@require_POST
def delete_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Forgets a view."""
    saved.delete(person(request), view_id)
    return redirect("desk")


@allow(Permission.CASE_ASSESS)
@require_POST
def take_the_next(request: HttpRequest) -> HttpResponse:
    """Takes the next case of the view that was looked at last, and opens it."""
    return go_on(request)


def go_on(request: HttpRequest) -> HttpResponse:
    """Leads to the next case, taken, or to the queue where there is none."""
    chosen = filters.read(request.session.get(LAST_VIEW, {}))
    try:
        claim = take_next(person(request), chosen)
    except NotAllowed as refused:
        raise Http404 from refused
    if claim is None:
        messages.info(request, _("No case of this view is free for you."))
        return _to_queue(chosen)
    return redirect("desk-case", claim.case_id)


def _site(chosen: Filters, rows: list[queue.Row]) -> str:
    """The site that was asked for, in clear."""
    first = rows[0].case.location if chosen.domain and rows else None
    return first.domain if first else filters.domain_name(chosen.domain)


def _to_queue(chosen: Filters) -> HttpResponse:
    said = filters.said(chosen)
    return redirect(reverse("desk") + (f"?{urlencode(said)}" if said else ""))


def _remember(request: HttpRequest, said: dict[str, str]) -> None:
    if request.session.get(LAST_VIEW, {}) != said:
        request.session[LAST_VIEW] = said


def _after(request: HttpRequest) -> Case | None:
    try:
        return Case.objects.filter(pk=UUID(request.GET.get("after", ""))).first()
    except ValueError:
        return None


def _counted(reader: Person, care: Standing | None) -> list[tuple[State, str, int]]:
    found = queue.counts(reader, care)
    return [(state, str(state.label), found[state]) for state in State]
