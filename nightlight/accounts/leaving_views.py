"""The pages of leaving: what somebody would leave behind and to whom it goes, and what was left to oneself."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nightlight.accounts import duties
from nightlight.accounts import leaving as leaving_room
from nightlight.accounts.access import allow, person
from nightlight.accounts.duties import Open
from nightlight.accounts.models import Handed, Person, Token
from nightlight.accounts.people import PersonRefused
from nightlight.accounts.permissions import Permission


class LeavingForm(forms.Form):
    """To whom each kind of open duty goes: one choice for each, of those who may take it over."""

    def __init__(self, leaver: Person, found: list[Open], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [row for row in Person.objects.filter(is_active=True).order_by("email") if row != leaver]
        for open_ in found:
            if open_.duty.give_back is None:
                fit = [(str(row.pk), row.email) for row in others if row.may(open_.duty.permission)]
                self.fields[open_.duty.name] = forms.ChoiceField(
                    choices=[("", _("nobody yet: it stays open on the office page")), *fit],
                    required=False,
                    label=_("Who takes over: %(what)s") % {"what": str(open_.duty.label)},
                )

    def to(self) -> dict[str, Person]:
        """Whom was chosen, by kind of duty."""
        chosen = {name: pk for name, pk in self.cleaned_data.items() if pk}
        rows = Person.objects.in_bulk(chosen.values())
        return {name: rows[UUID(pk)] for name, pk in chosen.items()}


class GiveForm(forms.Form):
    """Who takes over what nobody has."""

    to = forms.ModelChoiceField(Person.objects.filter(is_active=True).order_by("email"))


@allow(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def leaving(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a person leaves behind; posted, they leave."""
    whom = get_object_or_404(Person, pk=pk)
    found = duties.open_of(whom)
    form = LeavingForm(whom, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            left = _leave(whom, person(request), form)
        except PersonRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _told(left))
            return redirect("person", pk)
    words = {
        "whom": whom,
        "form": form,
        "open": found,
        "tokens": Token.objects.filter(person=whom, revoked_at=None).count(),
        "alone_in": [role.label for role in leaving_room.alone_in(whom)],
        "myself": whom.pk == person(request).pk,
    }
    return render(request, "accounts/leaving.html", words, status=422 if form.errors else 200)


@allow(Permission.MATRIX_READ)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """What others left to the reader; for whoever manages people, also what nobody has yet."""
    reader = person(request)
    manages = reader.may(Permission.PEOPLE_MANAGE)
    loose = Handed.objects.filter(to=None, done_at=None).select_related("whose").order_by("pk")
    words = {
        "mine": list(duties.handed_to(reader)),
        "loose": list(loose) if manages else [],
        "people": Person.objects.filter(is_active=True).order_by("email") if manages else [],
        "manages": manages,
    }
    return render(request, "accounts/duties.html", words)


@allow(Permission.MATRIX_READ)
@require_POST
def done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One duty is finished."""
    get_object_or_404(Handed, pk=pk)
    try:
        leaving_room.done(pk, person(request))
    except leaving_room.NotYours as refused:
        messages.error(request, str(refused))
    return redirect("duties")


@allow(Permission.PEOPLE_MANAGE)
@require_POST
def give(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hands what nobody has to somebody."""
    get_object_or_404(Handed, pk=pk)
    form = GiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose who takes it over."))
        return redirect("duties")
    try:
        leaving_room.give(pk, form.cleaned_data["to"], person(request))
    except (PersonRefused, leaving_room.NotYours) as refused:
        messages.error(request, str(refused))
    return redirect("duties")


def _leave(whom: Person, by: Person, form: LeavingForm) -> leaving_room.Left:
    if whom.pk == by.pk:
        raise PersonRefused("ask another administrator: nobody lets themselves go")
    return leaving_room.leave(whom, by, form.to())


def _told(left: leaving_room.Left) -> str:
    return _(
        "They left. Ended: %(sessions)d sessions, %(tokens)d tokens. Given back: %(back)d. Handed over: %(handed)d."
    ) % {
        "sessions": left.sessions,
        "tokens": left.tokens,
        "back": sum(left.given_back.values()),
        "handed": sum(left.handed.values()),
    }
