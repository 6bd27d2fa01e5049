"""The one page act of triage: asking that a page be read again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook.models import Case
from nightlight.triage import verbs


@allow(Permission.CASE_ASSESS)
@require_POST
def read_again(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Queues another reading and goes back to the case."""
    case = get_object_or_404(Case, pk=case_id, location__isnull=False)
    verbs.read_again(case, person(request))
    return redirect("desk-case", case_id=case.pk)
