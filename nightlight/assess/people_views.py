"""The pages of a child and of an account: the cases they link. Every opening is an entry of the log."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nightlight.accounts.access import allow, person
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess import panel, people
from nightlight.assess.grading_forms import ChildForm
from nightlight.audit import log
from nightlight.casebook.models import Case, Child, Subject

MOST = 50


@allow(Permission.SUBJECT_READ)
@require_http_methods(["GET", "POST"])
def child(request: HttpRequest, child_id: UUID) -> HttpResponse:
    """A child's series; posted, what is known of them is recorded, by whom police or child protection told it."""
    found, reader = get_object_or_404(Child, pk=child_id), person(request)
    may_record = reader.may(Permission.OUTCOME_RECORD)
    form = ChildForm(request.POST or None, initial={"status": found.status})
    if request.method == "POST" and form.is_valid() and may_record:
        people.record_status(found.pk, Child.Status(form.cleaned_data["status"]), reader)
        messages.success(request, _("Recorded."))
        return redirect("desk-child", child_id)
    with transaction.atomic():
        log.record("assess.open_child", by=reader, about=found, purpose="work")
    series = Q(children=found) | Q(location__sightings__media__ties__child=found)
    words = {
        "child": found,
        "known": found.status != Child.Status.UNKNOWN,
        "series": found.ties.count(),
        "form": form,
        "may_record": may_record,
        **_cases(Case.objects.filter(series), reader),
    }
    return render(request, "assess/child.html", words)


@allow(Permission.SUBJECT_READ)
@require_GET
def subject(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """An account and the cases it links."""
    found, reader = get_object_or_404(Subject, pk=subject_id), person(request)
    with transaction.atomic():
        log.record("assess.open_subject", by=reader, about=found, purpose="work")
    words = {"subject": found, **_cases(Case.objects.filter(subjects=found), reader)}
    return render(request, "assess/subject.html", words)


def _cases(cases: QuerySet[Case], reader: Person) -> dict[str, object]:
    """The newest cases. Those in which this person may still look are left out: that a case is named here would say
    something of the look before theirs."""
    rows = list(cases.distinct().prefetch_related("assessments").order_by("-received_at", "-pk")[: MOST + 1])
    shown = [case for case in rows[:MOST] if not panel.is_blind_to(reader, case)]
    return {"cases": shown, "more": MOST if len(rows) > MOST else 0}
