"""The desk's side of asking a reporter: one question, posted from the case page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook.models import Case, Report
from nightlight.intake import returning


@allow(Permission.CASE_ASSESS)
@require_POST
def ask(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Asks whoever reported, and leads back to the case."""
    report = get_object_or_404(Report, pk=report_id)
    try:
        case = get_object_or_404(Case, pk=UUID(request.POST.get("case", "")))
    except ValueError:
        return HttpResponse(_("Ask from the page of a case."), status=400, content_type="text/plain")
    try:
        returning.ask(report.pk, person(request), request.POST.get("text", "").replace("\x00", "\ufffd"))
    except returning.NotNow as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Asked. The answer will stand below the report."))
    return redirect("desk-case", case.pk)
