"""The administrator's and the manager's forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.mandate import GROUNDS, Switch
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.accounts.tokens import Scope

SWITCHES = {
    Switch.FETCH: _("Fetch reported pages, to see what is there and whether it is still there"),
    Switch.REVEAL: _("Show media to an analyst, with a purpose"),
    Switch.NOTIFY: _("Write to providers, partner hotlines and the police"),
    Switch.SHARE: _("Give members our lists"),
    Switch.SWEEP: _("Look for material that nobody reported"),
}
SCOPES = {
    Scope.DESK: _("Desk: cases, as the person it belongs to"),
    Scope.MEMBER: _("Member: lists, matching, opinions"),
    Scope.REPORT: _("Report: reports without a challenge"),
    Scope.URLS_CLEAR: _("Member, and addresses in clear"),
    Scope.DISTANCE: _("Member, and how far a match is"),
    Scope.METRICS: _("Metrics: the server's own numbers"),
}


class RolesForm(forms.Form):
    """The roles of a person."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False, label=_("Roles")
    )


class PasswordForm(forms.Form):
    """A password that an administrator hands over."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label=_("Password"),
        help_text=_("At least twelve characters. They change it after signing in."),
        max_length=200,
    )


class PersonForm(PasswordForm, RolesForm):
    """A new person."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    field_order = ["email", "name", "roles", "password"]


class TokenForm(forms.Form):
    """A new token; a desk token is a person's."""

    name = forms.CharField(
        max_length=120,
        label=_("Name"),
        help_text=_("What it is for. A member's token has the member's name."),
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, label) for scope, label in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        label=_("What it opens"),
    )
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).order_by("email"),
        required=False,
        label=_("Whose"),
        empty_label=_("Nobody's"),
    )


class NetworkForm(forms.Form):
    """A network that desk tokens work from."""

    cidr = forms.CharField(
        max_length=64, label=_("Network"), help_text=_("Such as 203.0.113.0/24, or one address.")
    )


class MandateForm(forms.Form):
    """The right to act, in plain words, and what it opens."""

    law = forms.CharField(
        max_length=200,
        required=False,
        label=_("Law"),
        help_text=_("What allows this hotline to look at material and to act: the law and its article."),
    )
    police_agreement = forms.CharField(
        max_length=200,
        required=False,
        label=_("Police agreement"),
        help_text=_("With which force, signed when, filed where."),
    )
    jurisdictions = forms.CharField(
        max_length=200,
        required=False,
        label=_("Jurisdictions"),
        help_text=_("The countries whose hosts this hotline may write to."),
    )
    data_protection = forms.CharField(
        max_length=200,
        required=False,
        label=_("Data-protection assessment"),
        help_text=_("Its number and date."),
    )
    safeguarding_lead = forms.CharField(
        max_length=120,
        required=False,
        label=_("Safeguarding lead"),
        help_text=_("Who looks after the people who look at material."),
    )
    signed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for switch, label in SWITCHES.items():
            self.fields[switch.value] = forms.BooleanField(required=False, label=label)

    def grounds(self) -> dict[str, Any]:
        """What was written down."""
        return {name: self.cleaned_data[name] for name in (*GROUNDS, "signed_on")}

    def opened(self) -> set[Switch]:
        """The switches that were ticked."""
        return {switch for switch in Switch if self.cleaned_data[switch.value]}
