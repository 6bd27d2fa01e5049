"""The pages of an appeal: the public one, and those of the desk."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nightlight.accounts import caller
from nightlight.accounts.access import allow, person, public
from nightlight.accounts.own_form import own_form
from nightlight.accounts.permissions import Permission
from nightlight.assess import appeal as verbs
from nightlight.assess.appeal_forms import AppealForm, DecideForm, LinkForm, ReferenceForm
from nightlight.assess.appeal_models import Appeal
from nightlight.assess.decision import NotAllowed, NotNow, Refused
from nightlight.casebook.words import Outcome
from nightlight.net.address import defang

PAGE = 100
MOST_AN_HOUR = 60  # for each caller; a person needs a handful
REFUSALS = (verbs.Involved, verbs.NotNow, NotAllowed, NotNow, Refused)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@own_form
def appeal(request: HttpRequest) -> HttpResponse:
    """Asks for another look at a decision; with a reference, reads the answer."""
    if request.method != "POST":
        return _ask(request, AppealForm(label_suffix=""))
    if "reference" in request.POST:
        return _read(request)
    form = AppealForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _ask(request, form, status=422)
    if not _knock(request):
        form.add_error(
            None, _("Many appeals came from here within the hour. Please try again a little later.")
        )
        return _ask(request, form, status=429)
    given = form.cleaned_data
    made = verbs.make(
        Appeal.Who(given["who"]),
        given["reasons"],
        serial=given["serial"],
        address=given["address"],
        contact=given["contact"],
    )
    return render(request, "assess/appeal_sent.html", {"reference": made.reference}, status=201)


def _ask(
    request: HttpRequest, form: AppealForm, reference: ReferenceForm | None = None, status: int = 200
) -> HttpResponse:
    words = {"form": form, "reference_form": reference or ReferenceForm(label_suffix="")}
    return render(request, "assess/appeal.html", words, status=status)


def _read(request: HttpRequest) -> HttpResponse:
    form = ReferenceForm(request.POST, label_suffix="")
    try:
        if not _knock(request):
            form.add_error(
                "reference", _("Asked too often within the hour. Please try again a little later.")
            )
            return _ask(request, AppealForm(label_suffix=""), form, status=429)
        found = verbs.read(request.POST.get("reference", ""))
    except verbs.UnknownReference:
        if form.is_valid():
            form.add_error("reference", _("We know no appeal with this reference. Please check the digits."))
        return _ask(request, AppealForm(label_suffix=""), form, status=404)
    return render(request, "assess/appeal_answer.html", {"appeal": found})


def _knock(request: HttpRequest) -> bool:
    """Whether this caller may still ask within the hour; the counter's key is a keyed digest."""
    if not settings.NIGHTLIGHT.limits:
        return True
    key = f"appeal:{caller.address(request) or request.META.get('REMOTE_ADDR', '')}"
    count = int(cache.get(key, 0)) + 1
    cache.set(key, count, 3600)
    return count <= MOST_AN_HOUR


@allow(Permission.APPEAL_DECIDE)
@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    """The appeals that wait, oldest first; with `?state=all` those decided too, newest first."""
    everything = request.GET.get("state") == "all"
    after = _uuid(request.GET.get("after", ""))
    rows = Appeal.objects.select_related("case")
    if everything:
        rows = rows.order_by("-pk")
        rows = rows.filter(pk__lt=after) if after else rows
    else:
        rows = rows.filter(state=Appeal.State.OPEN).order_by("pk")
        rows = rows.filter(pk__gt=after) if after else rows
    page = list(rows[: PAGE + 1])
    words = {
        "appeals": page[:PAGE],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "everything": everything,
    }
    return render(request, "assess/appeals.html", words)


@allow(Permission.APPEAL_DECIDE)
@require_GET
@never_cache
def one(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """An appeal with what its appellant wrote; reading it is an entry of the log."""
    get_object_or_404(Appeal, pk=appeal_id)
    return _page(request, verbs.open_appeal(appeal_id, person(request)))


@allow(Permission.APPEAL_DECIDE)
@require_POST
@never_cache
def decide(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Answers an appeal."""
    found = get_object_or_404(Appeal, pk=appeal_id)
    form = DecideForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, found, form, status=422)
    outcome = Outcome(form.cleaned_data["outcome"]) if form.cleaned_data["outcome"] else None
    return _act(
        request,
        appeal_id,
        lambda: verbs.decide(appeal_id, person(request), form.cleaned_data["answer"], outcome=outcome),
        _("The appeal is answered."),
    )


@allow(Permission.APPEAL_DECIDE)
@require_POST
def link(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Ties an appeal to a case."""
    found = get_object_or_404(Appeal, pk=appeal_id)
    form = LinkForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, found, status=422)
    return _act(
        request,
        appeal_id,
        lambda: verbs.link(appeal_id, form.cleaned_data["text"], person(request)),
        _("The case is found."),
    )


@allow(Permission.APPEAL_DECIDE)
@require_POST
def delist(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Takes the case off the lists for the time of the appeal, or ends that."""
    get_object_or_404(Appeal, pk=appeal_id)
    meanwhile = request.POST.get("meanwhile") == "yes"
    return _act(
        request,
        appeal_id,
        lambda: verbs.delist(appeal_id, person(request), meanwhile=meanwhile),
        _("Off the lists until it is decided.") if meanwhile else _("No longer kept off the lists."),
    )


def _page(
    request: HttpRequest, found: Appeal, form: DecideForm | None = None, status: int = 200
) -> HttpResponse:
    case = found.case
    words = {
        "appeal": found,
        "address": defang(case.location.url) if case and case.location else "",
        "involved": verbs.is_involved(case, person(request)),
        "decide_form": form or DecideForm(label_suffix=""),
        "link_form": LinkForm(label_suffix=""),
    }
    return render(request, "assess/appeal_desk.html", words, status=status)


def _act(request: HttpRequest, appeal_id: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except REFUSALS as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("appeal-desk", appeal_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
