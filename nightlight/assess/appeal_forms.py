"""The forms of an appeal: asking, reading the answer, and deciding."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.assess.appeal_models import Appeal
from nightlight.casebook.words import Outcome

GRANTED = tuple(
    (outcome.value, outcome.label)
    for outcome in (Outcome.NOT_ILLEGAL, Outcome.NOT_FOUND, Outcome.OUT_OF_REMIT, Outcome.CANNOT_ASSESS)
)
_PLAIN = {"autocomplete": "off", "dir": "auto", "spellcheck": "false"}


class AppealForm(forms.Form):
    """What an appellant tells us."""

    who = forms.ChoiceField(label=_("Who are you?"), choices=Appeal.Who, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Which address is it about?"),
        help_text=_("The full web address. If you got a notice from us, its number is enough."),
        required=False,
        max_length=4000,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    serial = forms.CharField(
        label=_("Number of our notice, if you have it"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    reasons = forms.CharField(
        label=_("Why should we look again?"),
        help_text=_("If a page is blocked for you, tell us by whom and since when."),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    contact = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Only if you want us to ask back. You can read the answer here without it."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of address and number must be there."""
        given = super().clean() or {}
        if not self.errors and not given.get("address") and not given.get("serial"):
            self.add_error("address", _("Please give the address, or the number of our notice."))
        return given


class ReferenceForm(forms.Form):
    """The number by which the answer is read."""

    reference = forms.CharField(
        label=_("Your reference"),
        help_text=_("Sixteen digits, such as 1234-5678-9012-3456."),
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "code-entry", "inputmode": "numeric", "autocomplete": "off", "size": 22}
        ),
    )


class LinkForm(forms.Form):
    """What names the case."""

    text = forms.CharField(
        label=_("Address, number of a notice, or number of the case"),
        max_length=4000,
        widget=forms.TextInput(attrs=_PLAIN),
    )


class DecideForm(forms.Form):
    """The decision and its words."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", _("Not granted: the decision stands")), *GRANTED],
        required=False,
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer to the appellant"),
        help_text=_("They read these words. Name nobody, and do not describe pictures."),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
