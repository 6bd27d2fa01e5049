"""The pages of reading a reporter's contact: asking, the custodian's answers, and the one reading."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook.models import Report
from nightlight.intake import contact, contact_mail
from nightlight.intake.models import ContactRequest
from nightlight.work import clock

MOST = 100


class ReasonForm(forms.Form):
    """Why the contact must be read."""

    reason = forms.CharField(
        max_length=contact.MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("Why it must be read"),
        help_text=gettext_lazy(
            "A custodian reads this, and it stands in the log with your name. Name nobody."
        ),
    )


class AnswerForm(forms.Form):
    """What the custodian says."""

    note = forms.CharField(max_length=contact.MOST_REASON)
    answer = forms.ChoiceField(choices=[("approve", ""), ("refuse", "")])


@allow(Permission.REPORTER_READ)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Asks to read the contact of one report."""
    report = get_object_or_404(Report, pk=report_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contact.ask(report.pk, person(request), form.cleaned_data["reason"])
        except contact.NotOpen as refused:
            form.add_error("reason", str(refused))
        else:
            return redirect("contacts")
    words = {"report": report, "form": form, "mailed": contact_mail.may_leave()}
    return render(request, "intake/contact_ask.html", words, status=422 if form.errors else 200)


@allow(Permission.REPORTER_READ)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader asked for and how it was answered, newest first."""
    rows = ContactRequest.objects.filter(asked_by=person(request)).select_related("report").order_by("-pk")
    return render(request, "intake/contacts.html", {"rows": rows[:MOST], "now": clock.now()})


@allow(Permission.REPORTER_READ)
@require_POST
def read(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Shows the contact, this once: posted, so that neither a link nor going back shows it again."""
    row = get_object_or_404(ContactRequest, pk=request_id)
    try:
        found = contact.read(row.pk, person(request))
    except contact.NotOpen as refused:
        messages.error(request, str(refused))
        return redirect("contacts")
    return render(request, "intake/contact_read.html", {"report": row.report, "contact": found.items()})


@allow(Permission.REPORTER_APPROVE)
@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a custodian. Neither the contact nor the report's words are shown here."""
    rows = ContactRequest.objects.select_related("report", "asked_by").order_by("pk")
    words = {
        "rows": rows.filter(state=ContactRequest.State.ASKED)[:MOST],
        "answered": rows.filter(answered_by=person(request)).order_by("-answered_at")[:20],
        "reader": person(request),
    }
    return render(request, "intake/contact_approvals.html", words)


@allow(Permission.REPORTER_APPROVE)
@require_POST
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The custodian's answer, with a note."""
    get_object_or_404(ContactRequest, pk=request_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down why."))
        return redirect("contact-approvals")
    act = contact.approve if form.cleaned_data["answer"] == "approve" else contact.refuse
    try:
        act(request_id, person(request), form.cleaned_data["note"])
    except (contact.NotOpen, PermissionDenied) as refused:
        messages.error(request, str(refused))
    return redirect("contact-approvals")
