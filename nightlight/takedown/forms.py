"""The forms of the provider's page and of the desk's acts."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.permissions import Role
from nightlight.casebook.words import ReportKind
from nightlight.takedown import verbs
from nightlight.takedown.models import Answer, Route, Rule

LONGEST_NOTE = 4000
PLAIN = {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}


class AnswerForm(forms.Form):
    """What a provider says about a notice."""

    answer = forms.ChoiceField(label=_("Your answer"), choices=Answer.What.choices, widget=forms.RadioSelect)
    real_host = forms.CharField(
        label=_("Where it lies"),
        help_text=_("Only if it lies on another server: its IP address or host name."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs=PLAIN),
    )
    note = forms.CharField(
        label=_("A note to us"),
        help_text=_("If you like: what you did, or why you disagree. Please do not describe any picture."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        """The true host is needed for one answer, and must be one."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("answer") == Answer.What.REAL_HOST:
            try:
                verbs.real_host(said.get("real_host", ""))
            except verbs.NotNow:
                self.add_error("real_host", _("Please write the server's IP address or host name."))
        return said


class RouteForm(forms.Form):
    """Whom to tell first about a page in a country."""

    country = forms.RegexField(
        label=_("Country"),
        help_text=_("Two letters, such as NL. Empty: every country that is not your own."),
        regex=r"^(?:[A-Za-z]{2}|onion)?$",
        required=False,
        widget=forms.TextInput(attrs=PLAIN | {"maxlength": 5}),
    )
    kind = forms.ChoiceField(
        label=_("What it is about"), choices=[("", _("everything")), *ReportKind.choices], required=False
    )
    network = forms.CharField(
        label=_("Network"),
        help_text=_("The handle of one network, as the trace shows it. Empty: every network."),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs=PLAIN),
    )
    first = forms.ChoiceField(label=_("Tell first"), choices=Route.First.choices)
    contact = forms.EmailField(
        label=_("Mail address"),
        help_text=_("Needed for a hotline and the police. Empty: the contacts of the trace."),
        required=False,
        widget=forms.EmailInput(attrs=PLAIN),
    )
    approves = forms.ChoiceField(
        label=_("Who approves"),
        choices=[("", _("nobody needs to")), *[pair for pair in Role.choices if pair[0] != Role.MEMBER]],
        required=False,
    )

    def clean_contact(self) -> str:
        """One of our own mailboxes would send the notice in a circle."""
        contact = str(self.cleaned_data["contact"])
        if contact.lower() == settings.NIGHTLIGHT.email_from.lower():
            raise forms.ValidationError(_("This is our own address."))
        return contact


class RuleForm(forms.Form):
    """Whether something may happen by itself."""

    rule = forms.ChoiceField(choices=Rule.Name.choices, widget=forms.HiddenInput)
    on = forms.BooleanField(label=_("On"), required=False)


class ContactForm(forms.Form):
    """A contact near the reported site, confirmed by a person."""

    email = forms.EmailField(widget=forms.HiddenInput)


class HostForm(forms.Form):
    """The true host of a page behind a relay."""

    real_host = forms.CharField(label=_("True host"), max_length=300, widget=forms.TextInput(attrs=PLAIN))


class SettleForm(forms.Form):
    """Whether a mail arrived."""

    arrived = forms.ChoiceField(choices=[("yes", _("It arrived")), ("no", _("It did not arrive"))])
