"""The pages of the public door. They set no cookie; a form is protected by where the browser says it was sent from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nightlight.accounts import rota
from nightlight.accounts.access import public
from nightlight.accounts.own_form import own_form
from nightlight.casebook.words import Channel, ReportKind
from nightlight.intake import limits, pace, verbs
from nightlight.intake.forms import ReportForm
from nightlight.intake.pasted import unpacked
from nightlight.intake.told import WAIT


@public
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Whom to call, and the three doors."""
    return render(request, "intake/front.html")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@own_form
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent, it answers with the receipt, which stands in no address and in no cache."""
    if request.method != "POST":
        asked = request.GET.get("kind", "")
        kind = asked if asked in ReportKind.values else ReportKind.MATERIAL
        return _report_form(request, ReportForm(initial={"kind": kind}))
    form = ReportForm({"kind": ReportKind.MATERIAL, **request.POST.dict()})
    if not form.is_valid():
        return _report_form(request, form, status=422)
    try:
        limits.knock(request, "report")
        once = limits.check_stamp(request.POST.get("stamp", ""), request.POST.get("work", ""))
    except limits.TooOften:
        form.add_error(
            None, _("Many reports came from here within the hour. Please try again a little later.")
        )
        return _report_form(request, form, status=429)
    except limits.TooFast:
        form.add_error(None, WAIT % {"seconds": limits.FORM_SECONDS})
        return _report_form(request, form, status=422, stamp=request.POST["stamp"])
    except limits.TooSoon:
        return _look_once_more(request, form)
    return _receive(request, form, once)


def _look_once_more(request: HttpRequest, form: ReportForm) -> HttpResponse:
    form.add_error(None, _("Please look once more and send it again. Nothing you wrote is lost."))
    return _report_form(request, form, status=422)


def _receive(request: HttpRequest, form: ReportForm, once: str) -> HttpResponse:
    given = form.cleaned_data
    try:
        received = verbs.receive(
            ReportKind(given["kind"]),
            urls=[unpacked(given["urls"])] if given["urls"] else [],
            text=given["text"],
            channel=Channel(given["channel"]) if given["channel"] else None,
            happening_now=given["happening_now"],
            contact={"reach": given["contact"]} if given["contact"] else None,
            form=once,
        )
    except verbs.OtherContent:
        return _look_once_more(request, form)
    except verbs.TooMuch:
        form.add_error(
            "urls",
            _(
                "These are more than %(most)s addresses. Please send some now and the others in a second report."
            )
            % {"most": verbs.MOST_ADDRESSES},
        )
        return _report_form(request, form, status=422)
    own = given["kind"] == ReportKind.OWN_IMAGE
    words = {
        "received": received,
        "own": own,
        "urgent": given["happening_now"],
        "hours": rota.hours(),
        "pace": pace.told(),
    }
    return render(request, "intake/thanks.html", words)


def _report_form(request: HttpRequest, form: ReportForm, status: int = 200, stamp: str = "") -> HttpResponse:
    words = {
        "form": form,
        "stamp": stamp or limits.new_stamp(),
        "work_bits": limits.FORM_BITS if limits.are_on() else 0,
        "work_seconds": limits.FORM_SECONDS,
        "hours": rota.hours(),
    }
    return render(request, "intake/report.html", words, status=status)
