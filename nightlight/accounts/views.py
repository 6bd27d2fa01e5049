"""The pages of administrators and managers: people, tokens, networks, the mandate, and who may do what."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts import forms, mandate, networks, people, second_factor, tokens
from nightlight.accounts.access import allow, person, public
from nightlight.accounts.models import DeskNetwork, Mandate, Person, Token
from nightlight.accounts.permissions import MATRIX, Permission, Role

MANAGE = Permission.PEOPLE_MANAGE


@public
def closed(request: HttpRequest, **_names: str) -> HttpResponse:
    """What stands where allauth would let people sign up, change an e-mail or reset a password."""
    return render(request, "account/closed.html", status=404)


@allow(Permission.MATRIX_READ)
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Who may do what, as a table."""
    rows = [(permission, [role in MATRIX[permission] for role in Role]) for permission in Permission]
    return render(request, "accounts/matrix.html", {"roles": list(Role), "rows": rows})


@allow(MANAGE)
@require_GET
def everyone(request: HttpRequest) -> HttpResponse:
    """The people of the hotline and its tokens."""
    return _people_page(request)


@allow(MANAGE)
@require_POST
def add_person(request: HttpRequest) -> HttpResponse:
    """Adds a person."""
    form = forms.PersonForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            people.add(asked["email"], asked["roles"], asked["password"], person(request), name=asked["name"])
        except people.PersonRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return redirect("people")
    return _people_page(request, add=form, status=422)


@allow(MANAGE)
@require_GET
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person: roles, password, second factor, on or off."""
    return _person_page(request, get_object_or_404(Person, pk=pk))


@allow(MANAGE)
@require_POST
def set_roles(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Gives a person other roles."""
    whom, form = get_object_or_404(Person, pk=pk), forms.RolesForm(request.POST)
    if form.is_valid():
        try:
            people.set_roles(whom, form.cleaned_data["roles"], person(request))
        except people.PersonRefused as refused:
            form.add_error("roles", str(refused))
        else:
            return redirect("person", pk)
    return _person_page(request, whom, roles=form, status=422)


@allow(MANAGE)
@require_POST
def set_password(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Gives a person another password."""
    whom, form = get_object_or_404(Person, pk=pk), forms.PasswordForm(request.POST)
    if form.is_valid():
        try:
            people.set_password(whom, form.cleaned_data["password"], person(request))
        except people.PersonRefused as refused:
            form.add_error("password", str(refused))
        else:
            messages.success(request, _("The new password is set; the old one and every session ended."))
            return redirect("person", pk)
    return _person_page(request, whom, password=form, status=422)


@allow(MANAGE)
@require_POST
def switch_person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Switches a person on or off."""
    whom = get_object_or_404(Person, pk=pk)
    try:
        (people.deactivate if whom.is_active else people.activate)(whom, person(request))
    except people.PersonRefused as refused:
        messages.error(request, str(refused))
    return redirect("person", pk)


@allow(MANAGE)
@require_POST
def forget_second_factor(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lets a person who lost their second factor set up another."""
    people.forget_second_factor(get_object_or_404(Person, pk=pk), person(request))
    return redirect("person", pk)


@allow(MANAGE)
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """Makes a token and shows it, this once."""
    form = forms.TokenForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            secret = tokens.issue(asked["name"], asked["scopes"], asked["person"], by=person(request))
        except tokens.TokenRefused as refused:
            form.add_error("person", str(refused))
        else:
            return _people_page(request, secret=secret)
    return _people_page(request, issue=form, status=422)


@allow(MANAGE)
@require_POST
def revoke_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ends a token."""
    tokens.revoke(get_object_or_404(Token, pk=pk), person(request))
    return redirect("people")


@allow(Permission.NETWORK_MANAGE)
def desk_networks(request: HttpRequest) -> HttpResponse:
    """The networks desk tokens work from; names another."""
    form = forms.NetworkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            networks.name(form.cleaned_data["cidr"], person(request))
        except networks.NetworkRefused as refused:
            form.add_error("cidr", str(refused))
        else:
            return redirect("networks")
    context = {"networks": DeskNetwork.objects.select_related("by").order_by("cidr"), "form": form}
    return render(request, "accounts/networks.html", context, status=422 if form.errors else 200)


@allow(Permission.NETWORK_MANAGE)
@require_POST
def drop_network(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes a network back."""
    networks.drop(get_object_or_404(DeskNetwork, pk=pk), person(request))
    return redirect("networks")


@allow(Permission.MANDATE_RECORD)
def record_mandate(request: HttpRequest) -> HttpResponse:
    """What is open and why; records another mandate."""
    holds = mandate.current()
    form = forms.MandateForm(request.POST or None, initial=_as_initial(holds))
    if request.method == "POST" and form.is_valid():
        try:
            mandate.record(person(request), **form.grounds(), switches=form.opened())
        except mandate.MandateRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return redirect("mandate")
    context = {
        "form": form,
        "grounds": [form[name] for name in (*mandate.GROUNDS, "signed_on")],
        "switches": [(form[switch.value], mandate.is_open(switch)) for switch in mandate.Switch],
        "open": [(label, mandate.is_open(switch)) for switch, label in forms.SWITCHES.items()],
        "holds": holds,
        "earlier": Mandate.objects.select_related("by").order_by("-at", "-pk")[1:50],
    }
    return render(request, "accounts/mandate.html", context, status=422 if form.errors else 200)


def _as_initial(holds: Mandate | None) -> dict[str, object]:
    """The new mandate starts from the one that holds; a switch that is open stays open unless it is closed."""
    names = (*mandate.GROUNDS, "signed_on", *(switch.value for switch in mandate.Switch))
    return {name: getattr(holds, name) for name in names} if holds else {}


def _people_page(
    request: HttpRequest,
    *,
    add: forms.PersonForm | None = None,
    issue: forms.TokenForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = [
        (row, [Role(role).label for role in row.roles], second_factor.is_set_up(row))
        for row in Person.objects.order_by("-is_active", "email")
    ]
    context = {
        "people": rows,
        "tokens": Token.objects.select_related("person").filter(revoked_at=None).order_by("name"),
        "add": add or forms.PersonForm(),
        "issue": issue or forms.TokenForm(),
        "secret": secret,
    }
    return render(request, "accounts/people.html", context, status=status)


def _person_page(
    request: HttpRequest,
    whom: Person,
    *,
    roles: forms.RolesForm | None = None,
    password: forms.PasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "whom": whom,
        "myself": whom.pk == person(request).pk,
        "roles": roles or forms.RolesForm(initial={"roles": whom.roles}),
        "password": password or forms.PasswordForm(),
        "factor": second_factor.is_set_up(whom),
    }
    return render(request, "accounts/person.html", context, status=status)
