"""The desk's page for a report taken on the telephone: the same form, filled in by an analyst for a caller."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook.words import Channel, ReportKind
from nightlight.intake import calls, verbs
from nightlight.intake.forms import ReportForm


@allow(Permission.CASE_ASSESS)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Files what a caller says, and shows the number to read out."""
    if request.method != "POST":
        return render(request, "intake/call.html", {"form": ReportForm()})
    form = ReportForm({"kind": ReportKind.MATERIAL, **request.POST.dict()})
    if form.is_valid():
        given = form.cleaned_data
        try:
            received = calls.take(
                person(request),
                ReportKind(given["kind"]),
                urls=[given["urls"]] if given["urls"] else [],
                text=given["text"],
                channel=Channel(given["channel"]) if given["channel"] else None,
                happening_now=given["happening_now"],
                contact={"reach": given["contact"]} if given["contact"] else None,
            )
        except verbs.TooMuch:
            form.add_error(
                "urls", _("These are more than %(most)s addresses.") % {"most": verbs.MOST_ADDRESSES}
            )
        else:
            return render(request, "intake/call_taken.html", {"received": received})
    return render(request, "intake/call.html", {"form": form}, status=422)
