"""The pages of the desk: a case, what is done with it, finding a case."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nightlight.accounts import devices
from nightlight.accounts.access import allow, person
from nightlight.accounts.devices import NotHere
from nightlight.accounts.mandate import Closed
from nightlight.accounts.permissions import Permission
from nightlight.assess import queue, verbs
from nightlight.assess.case_page import case_page, media_of
from nightlight.assess.decision import NEW_CHILD, Account, GoldenRule, NotAllowed, NotNow, Refused
from nightlight.assess.forms import AttachForm, CorrectionForm, DecisionForm, RevealForm, SearchForm
from nightlight.assess.purposes import RevealPurpose, SearchPurpose
from nightlight.assess.queue_views import go_on
from nightlight.assess.reveal import NotShown, reveal
from nightlight.assess.search import WAYS, search
from nightlight.assess.welfare import Rest
from nightlight.casebook.models import Case, Sighting
from nightlight.casebook.words import Outcome, State

REFUSALS = (GoldenRule, NotNow, NotAllowed)


@allow(Permission.CASE_READ)
@require_GET
@never_cache
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A case: what all stages know of it, and the decision pane."""
    try:
        found = verbs.open_case(case_id, person(request))
    except Case.DoesNotExist:
        raise Http404 from None
    return case_page(request, found)


@allow(Permission.CASE_ASSESS)
@require_POST
@never_cache
def decide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Steps of one form: `look` reads it back, `change` goes back to it, `final` takes the decision, `next` takes it
    and the next case."""
    found = _case(case_id)
    media = [media.sha256 for media in media_of(found)]
    form = DecisionForm(request.POST, media=media, graded=found.location_id is not None)
    step = request.POST.get("step", "look")
    if not form.is_valid():
        return case_page(request, found, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if step == "change":
        return case_page(request, found, form=form)
    try:
        if step not in ("final", "next"):
            verbs.take(case_id, person(request))
            return case_page(request, found, form=form, reading_back=True)
        look = verbs.decide(case_id, person(request), form.decision())
    except Refused as refused:
        form.add_error(None, refused.message)
        return case_page(request, found, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except REFUSALS as refused:
        messages.error(request, str(refused))
        return case_page(request, found, form=form, status=HTTPStatus.CONFLICT)
    messages.success(request, _told(State(look.case.state)))
    return go_on(request) if step == "next" else redirect("desk")


@allow(Permission.CASE_ASSESS)
@require_POST
def take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Takes a case for half an hour and opens it."""
    return _act(request, case_id, lambda: verbs.take(case_id, person(request)))


@allow(Permission.CASE_ASSESS)
@require_POST
def release(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Gives a case back."""
    _act(request, case_id, lambda: verbs.release(case_id, person(request)))
    return redirect("desk")


@allow(Permission.CASE_ASSESS)
@require_POST
def attach(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Adds a child or a suspected account."""
    form = AttachForm(request.POST, media=[media.sha256 for media in media_of(_case(case_id))])
    form.full_clean()
    given = form.cleaned_data
    labels = ([NEW_CHILD] if given.get("new_child") else []) + (
        [given["label"]] if given.get("label") else []
    )
    named = given.get("handle") or given.get("service")
    account = Account(given.get("handle", ""), given.get("service", ""), bool(given.get("may_be_child")))
    accounts, series = [account] if named else [], given.get("series", [])
    return _act(request, case_id, lambda: verbs.attach(case_id, person(request), labels, accounts, series))


@allow(Permission.CASE_CORRECT)
@require_POST
def correct(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Undoes a confirmed decision everywhere."""
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return case_page(request, _case(case_id), correction=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    return _act(
        request,
        case_id,
        lambda: verbs.correct(case_id, person(request), Outcome(said["outcome"]), said["reasons"]),
    )


@allow(Permission.CASE_READ)
@require_http_methods(["GET", "POST"])
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Looks a case up by what somebody holds in their hands; posted, so that it stands in no address."""
    form = SearchForm(request.POST or None)
    rows = None
    if request.method == "POST" and form.is_valid():
        purpose = SearchPurpose(form.cleaned_data["purpose"])
        found = search(person(request), form.cleaned_data["text"], purpose)
        listed = queue.rows(list(found), person(request))
        rows = [replace(row, why=str(WAYS.get(found[row.case.pk], ""))) for row in listed]
    return render(request, "assess/search.html", {"form": form, "rows": rows})


@allow(Permission.MEDIA_REVEAL)
@require_POST
@never_cache
def show(request: HttpRequest, case_id: UUID, sighting_id: UUID) -> HttpResponse:
    """The bytes of one medium, for as long as a key is held; kept nowhere."""
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _plain(_("Say why it must be seen."), HTTPStatus.UNPROCESSABLE_ENTITY)
    purpose = RevealPurpose(form.cleaned_data["purpose"])
    try:
        kind, body = reveal(case_id, sighting_id, person(request), purpose, seat=devices.seat(request))
    except Sighting.DoesNotExist:
        raise Http404 from None
    except (Closed, NotAllowed, NotHere) as refused:
        return _plain(str(refused), HTTPStatus.FORBIDDEN)
    except Rest as rest:
        answer = _plain(str(rest), HTTPStatus.CONFLICT)
        answer["X-Rest"] = rest.why.value
        return answer
    except (NotNow, NotShown) as refused:
        return _plain(str(refused), HTTPStatus.CONFLICT)
    answer = HttpResponse(body, content_type=kind)
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = "attachment"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _plain(text: str, status: int) -> HttpResponse:
    answer = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


def _act(request: HttpRequest, case_id: UUID, act: Callable[[], object]) -> HttpResponse:
    """Calls one verb and goes back to the case; what is refused is said there."""
    try:
        act()
    except Case.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        messages.error(request, refused.message)
    except REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("desk-case", case_id)


def _case(case_id: UUID) -> Case:
    found = Case.objects.select_related("location", "report").filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found


def _told(state: State) -> str:
    return {
        State.SECOND_LOOK: _("Recorded. Another person takes the next look."),
        State.CONFIRMED: _("Confirmed. The chain goes on by itself."),
        State.DISMISSED: _("Dismissed."),
    }.get(state, _("Recorded."))
