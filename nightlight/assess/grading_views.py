"""The pages of grading for managers: schemes, second looks, agreement."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.http import require_GET, require_http_methods

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.assess import agreement, second_look, training
from nightlight.assess.grading_forms import ChooseForm, FileForm, SecondLookForm
from nightlight.casebook.schemes import book, maps, read
from nightlight.casebook.schemes.scheme import Scheme

# What the table of maps calls the fields of the contract.
FIELDS = {
    "age_category": _later("Age category (ICCAM)"),
    "ai_generated": _later("Made by computer"),
    "commercial": _later("Commercial"),
    "live_stream": _later("Live stream"),
    "self_generated": _later("“Self-generated”"),
    "severity": _later("Severity"),
    "sex": _later("Sex"),
    "site_type": _later("Type of site"),
}


@allow(Permission.GRADING_MANAGE)
@require_http_methods(["GET", "POST"])
def schemes(request: HttpRequest) -> HttpResponse:
    """All schemes; posted with `choose`, `upload` or `home`, one is put in use or added."""
    if request.method == "GET":
        return _schemes_page(request)
    step, by = request.POST.get("step"), person(request)
    try:
        if step == "choose":
            choose = ChooseForm(request.POST, schemes=list(book.all_schemes().values()))
            if not choose.is_valid():
                return _schemes_page(request, choose=choose)
            book.choose(choose.keys(), by)
            messages.success(request, _("The desk grades by these from now on."))
        elif step == "home":
            _added(request, book.bring_from_home(request.POST.get("name", ""), by))
        else:
            upload = FileForm(request.POST, request.FILES)
            if not upload.is_valid():
                return _schemes_page(request, upload=upload)
            _added(request, book.bring(upload.cleaned_data["file"], by))
    except read.SchemeRefused as refused:
        return _schemes_page(request, faults=refused.faults)
    except book.ChoiceRefused as refused:
        return _schemes_page(request, faults=[str(refused)])
    return redirect("schemes")


@allow(Permission.GRADING_MANAGE)
@require_http_methods(["GET", "POST"])
def second_looks(request: HttpRequest) -> HttpResponse:
    """What asks for a second look beyond the default."""
    holds = second_look.rule()
    names = ("sample_percent", "new_analyst_looks", "on_mismatch")
    now = {name: getattr(holds, name) if holds else 0 for name in names}
    form = SecondLookForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        second_look.set_rule(person(request), **form.cleaned_data)
        messages.success(request, _("Saved. It holds for every first look from now on."))
        return redirect("second-look")
    return render(request, "assess/second_look.html", {"form": form, "rule": holds}, status=_status(form))


@allow(Permission.GRADING_MANAGE)
@require_GET
def agreements(request: HttpRequest) -> HttpResponse:
    """How far first and second looks agree, of the house as a whole."""
    pairs, waiting = agreement.sample()
    found = [agreement.agreement(scheme, pairs, waiting) for scheme in book.in_use()]
    return render(request, "assess/agreement.html", {"agreements": found, "training": training.summary()})


def _added(request: HttpRequest, scheme: Scheme) -> None:
    messages.success(request, _("%(key)s is there. Choose it to grade by it.") % {"key": scheme.key})


def _schemes_page(
    request: HttpRequest,
    *,
    choose: ChooseForm | None = None,
    upload: FileForm | None = None,
    faults: list[str] | None = None,
) -> HttpResponse:
    found, used = list(book.all_schemes().values()), [scheme.key for scheme in book.in_use()]
    made, missing = maps.table()
    now = {"main": used[0], "further": used[1:]}
    words = {
        "schemes": found,
        "used": used,
        "choose": choose or ChooseForm(schemes=found, initial=now),
        "upload": upload or FileForm(),
        "offered": [
            (name, None, each.faults) if isinstance(each, read.SchemeRefused) else (name, each, [])
            for name, each in book.offered()
        ],
        "made": made,
        "missing": missing,
        "fields": [(FIELDS[row.field], row) for row in maps.fields()],
        "flags": [(FIELDS[row.field], row) for row in maps.flags()],
        "faults": faults,
    }
    wrong = faults or (choose and choose.errors) or (upload and upload.errors)
    return render(request, "assess/schemes.html", words, status=422 if wrong else 200)


def _status(form: SecondLookForm) -> int:
    return 422 if form.is_bound and form.errors else 200
