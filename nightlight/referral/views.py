"""The pages of referral: the list, fetching, acknowledging, outcomes and holds."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook.models import Case, Hold
from nightlight.referral import holds, verbs
from nightlight.referral.forms import HoldForm, OutcomeForm
from nightlight.referral.models import Message, Referral
from nightlight.referral.tell import WHY_NOT

PAGE = 100


@allow(Permission.REFERRAL_READ)
@require_GET
@never_cache
def referrals(request: HttpRequest) -> HttpResponse:
    """All referrals, newest first, a page at a time."""
    rows = Referral.objects.select_related("case").order_by("-pk")
    after = _uuid(request.GET.get("after", ""))
    page = list((rows.filter(pk__lt=after) if after else rows)[: PAGE + 1])
    queued = Message.objects.filter(state=Message.State.QUEUED).exclude(why_not="")
    words = {
        "referrals": page[:PAGE],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "why_not": [WHY_NOT[word] for word in sorted(set(queued.values_list("why_not", flat=True)))],
    }
    return render(request, "referral/referrals.html", words)


@allow(Permission.REFERRAL_READ)
@require_POST
@never_cache
def fetch(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Downloads a package; the download is an entry of the log."""
    get_object_or_404(Referral, pk=referral_id)
    try:
        referral = verbs.fetch(referral_id, person(request))
    except verbs.Refused as error:
        messages.error(request, str(error))
        return redirect("referrals")
    answer = HttpResponse(referral.package, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{referral.number}.json"'
    return answer


@allow(Permission.REFERRAL_READ)
@require_POST
def acknowledge(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The authority took a referral on."""
    get_object_or_404(Referral, pk=referral_id)
    _tell(request, lambda: verbs.acknowledge(referral_id, person(request)), _("Acknowledged."))
    return redirect("referrals")


@allow(Permission.OUTCOME_RECORD)
@require_POST
def outcome(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Records what came back for a case."""
    get_object_or_404(Case, pk=case_id)
    form = OutcomeForm(request.POST, prefix="outcome")
    if not form.is_valid():
        messages.error(request, _first_error(form))
        return redirect("desk-case", case_id)
    given = form.cleaned_data
    _tell(
        request,
        lambda: verbs.record_outcome(
            case_id,
            person(request),
            given["what"],
            given["day"],
            given["count"],
            tellable=given["tellable"],
        ),
        _("Recorded."),
    )
    return redirect("desk-case", case_id)


@allow(Permission.CASE_HOLD)
@require_POST
def place_hold(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Places a police hold on a case."""
    get_object_or_404(Case, pk=case_id)
    form = HoldForm(request.POST, prefix="hold")
    if not form.is_valid():
        messages.error(request, _first_error(form))
        return redirect("desk-case", case_id)
    _tell(
        request,
        lambda: holds.place(case_id, form.moment(), form.cleaned_data["reference"], person(request)),
        _("Held. Nothing is sent, checked or listed for this case."),
    )
    return redirect("desk-case", case_id)


@allow(Permission.CASE_HOLD)
@require_POST
def lift_hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Lifts a police hold before its time."""
    hold = get_object_or_404(Hold, pk=hold_id)
    _tell(request, lambda: holds.lift(hold_id, person(request)), _("The hold is lifted."))
    return redirect("desk-case", hold.case_id)


def _tell(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Does one verb and says what came of it."""
    try:
        act()
    except verbs.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)


def _first_error(form: HoldForm | OutcomeForm) -> str:
    name, errors = next(iter(form.errors.items()))
    return f"{form.fields[name].label}: {errors[0]}" if name in form.fields else str(errors[0])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
