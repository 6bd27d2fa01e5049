"""The questions of the door "It is about me": one form for each, in words a child of nine reads."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.intake.forms import AnyText
from nightlight.intake.own_image_models import Age, Happened, Who
from nightlight.intake.verbs import MOST_TEXT, Hash

MOST_PRINTS_TEXT = 60_000  # characters: about 700 fingerprints


class AgeForm(forms.Form):
    """How old whoever is in the picture was."""

    age = forms.ChoiceField(
        label=_("How old were you in the picture?"),
        help_text=_(
            "No picture yet? Then say how old you are now. "
            "Are you asking for someone else? Then say how old they were."
        ),
        choices=[(Age.UNDER, _("Under 18")), (Age.OVER, _("18 or older")), (Age.UNKNOWN, _("I do not know"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one. “I do not know” is fine too.")},
    )


class WhoForm(forms.Form):
    """Who asks."""

    who = forms.ChoiceField(
        label=_("Who are you?"),
        choices=[
            (Who.ME, _("It is about me")),
            (Who.PARENT, _("I am a parent or carer")),
            (Who.ADULT, _("I am another adult the young person trusts")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )


class HappenedForm(forms.Form):
    """What happened."""

    happened = forms.MultipleChoiceField(
        label=_("What happened?"),
        help_text=_("Choose all that fit. You can also choose none."),
        choices=Happened,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    happening_now = forms.BooleanField(label=_("It is happening right now"), required=False)


class WhereForm(forms.Form):
    """Addresses."""

    urls = AnyText(
        label=_("Where is the picture or the chat?"),
        help_text=_(
            "Paste the web address. Or write the name of the app and of the account. "
            "Put each on its own line. You do not know? Then leave it empty."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off", "dir": "auto"}),
    )


class PrintsForm(forms.Form):
    """Fingerprints of pictures on this device, `pdq:<hex>:<quality>` and `sha256:<hex>` with semicolons between."""

    consent = forms.BooleanField(label=_("Yes, send these fingerprints"), required=False)
    prints = AnyText(required=False, max_length=MOST_PRINTS_TEXT, widget=forms.HiddenInput)

    def clean_prints(self) -> str:
        """Nothing without consent."""
        return str(self.cleaned_data["prints"]) if self.cleaned_data.get("consent") else ""


class WordsForm(forms.Form):
    """In their own words."""

    text = AnyText(
        label=_("Do you want to tell us more?"),
        help_text=_("You do not have to. Use your own words. You need not say what the picture shows."),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


class ReachForm(forms.Form):
    """Where they are and how to reach them."""

    place = AnyText(
        label=_("Where are you?"),
        help_text=_("Only if you want. We can send help only when we know where you are."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    reach = AnyText(
        label=_("How can we reach you?"),
        help_text=_("Only if you want. Choose a way that is safe and that nobody else reads."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the door: its `name` travels in the form, `title` stands on the page."""

    name: str
    title: str | Promise
    form: type[forms.Form]

    def fields(self) -> list[str]:
        """The names of what it asks."""
        return list(self.form.base_fields)


STEPS = (
    Step("age", _("Your age"), AgeForm),
    Step("who", _("About you"), WhoForm),
    Step("what", _("Tell us what fits"), HappenedForm),
    Step("where", _("Where it is"), WhereForm),
    Step("pictures", _("Find copies without showing the picture"), PrintsForm),
    Step("words", _("In your words"), WordsForm),
    Step("reach", _("If you want to hear from us"), ReachForm),
)


def read_prints(text: str) -> list[Hash]:
    """The fingerprints that a browser wrote; what is none keeps its text and is named back as not understood."""
    found = []
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        kind, _colon, rest = piece.partition(":")
        value, _colon, quality = rest.partition(":")
        graded = int(quality) if quality.isascii() and quality.isdigit() and int(quality[:3]) <= 100 else None
        found.append(Hash(kind, value or piece, graded))
    return found


def answered(data: Any) -> dict[str, list[str]]:
    """What a posted form carries of all questions, by field."""
    names = [name for step in STEPS for name in step.fields()]
    return {name: data.getlist(name) for name in names if name in data}
