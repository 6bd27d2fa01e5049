"""The forms of the public door. Everything but the kind is optional, and the kind is chosen already."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.words import Channel, ReportKind
from nightlight.intake.verbs import MOST_TEXT

# The vocabulary speaks of a reporter; the form speaks to one.
KINDS = (
    (ReportKind.MATERIAL, _("Pictures or videos of a child")),
    (ReportKind.OWN_IMAGE, _("A picture or video of me, from when I was under 18")),
    (ReportKind.GROOMING, _("Someone contacts a child in a way that worries me")),
    (ReportKind.SEXUAL_EXTORTION, _("Someone threatens to share pictures")),
    (ReportKind.LIVE_STREAM, _("A live stream or video call")),
    (ReportKind.OTHER, _("Something else")),
)


class AnyText(forms.CharField):
    """Text from anywhere: a null character, which Django refuses and a database may, becomes a visible mark."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\x00", "\ufffd") if isinstance(text, str) else text


class ReportForm(forms.Form):
    """What somebody saw, the address first."""

    urls = AnyText(
        label=_("Where is it?"),
        help_text=_(
            "Paste the web address. You can paste several, a whole mail, or a table: we pick out the addresses. "
            "No address? Leave this empty and tell us below."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off", "dir": "auto"}),
    )
    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=KINDS, initial=ReportKind.MATERIAL, widget=forms.RadioSelect
    )
    happening_now = forms.BooleanField(label=_("It is happening right now"), required=False)
    channel = forms.ChoiceField(
        label=_("Where did it happen?"),
        choices=[("", _("I don't know, or it does not fit")), *Channel.choices],
        required=False,
    )
    text = AnyText(
        label=_("What else should we know?"),
        help_text=_("For example, where to click to see it. Please do not describe pictures in detail."),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    contact = AnyText(
        label=_("How may we reach you?"),
        help_text=_("Only if you want. We lock it away from the people who look at your report."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


class ReceiptForm(forms.Form):
    """The number somebody took home."""

    receipt = AnyText(
        label=_("Your receipt"),
        help_text=_("Sixteen digits, such as 1234-5678-9012-3456. Spaces and dashes do not matter."),
        widget=forms.TextInput(
            attrs={"class": "code-entry", "inputmode": "numeric", "autocomplete": "off", "size": 22}
        ),
        error_messages={"required": _("Please type the sixteen digits of your receipt.")},
    )
