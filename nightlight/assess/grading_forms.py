"""The forms of grading: which schemes are in use, a file, what asks for a second look, a golden item, a child."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nightlight.assess.forms import NOT_SAID, OUTCOME_KEYS
from nightlight.assess.grade_fields import Keyed
from nightlight.assess.second_look import MOST_LOOKS
from nightlight.casebook.models import Child
from nightlight.casebook.schemes import read
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.casebook.words import Age, Outcome


class ChooseForm(forms.Form):
    """The main scheme, and further ones."""

    def __init__(self, *args: Any, schemes: list[Scheme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scheme.key, f"{scheme.key} · {gettext(scheme.name)}") for scheme in schemes]
        self.fields["main"] = forms.ChoiceField(
            choices=choices, label=_("Main scheme"), help_text=_("Every confirmed case needs its grade.")
        )
        self.fields["further"] = forms.MultipleChoiceField(
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label=_("Further schemes"),
            help_text=_("Asked beside it; may stay open."),
        )

    def keys(self) -> list[str]:
        """The schemes chosen, the main one first."""
        main = self.cleaned_data["main"]
        return [main, *(key for key in self.cleaned_data["further"] if key != main)]


class FileForm(forms.Form):
    """A scheme as a file."""

    file = forms.FileField(label=_("File"), help_text=_("TOML or JSON, in UTF-8"))

    def clean_file(self) -> str:
        """Its text."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > 4 * read.LONGEST_FILE:
            raise forms.ValidationError(_("the file is too long to be a scheme"))
        try:
            text: str = file.read().decode()
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("the file is no text in UTF-8")) from error
        return text


class SecondLookForm(forms.Form):
    """What asks for a second look beyond the default."""

    sample_percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        label=_("Random sample of all first looks, percent"),
        help_text=_("Agreement is measured on it. 0: no sample, and no figure of agreement."),
    )
    new_analyst_looks = forms.IntegerField(
        min_value=0,
        max_value=MOST_LOOKS,
        label=_("First looks of each new analyst"),
        help_text=_("So many of a person's first looks are all looked at twice. 0: none."),
    )
    on_mismatch = forms.BooleanField(
        required=False,
        label=_("Where a decision is milder than a known match"),
        help_text=_("The media are known, and the decision does not confirm or gives a milder grade."),
    )


class TrainingForm(forms.Form):
    """An answer to a golden item."""

    outcome = forms.ChoiceField(
        choices=[(each.value, each.label) for each in (Outcome.CONFIRMED, Outcome.NOT_ILLEGAL)],
        widget=Keyed(OUTCOME_KEYS),
        label=_("Outcome"),
    )
    age = forms.ChoiceField(choices=[*NOT_SAID, *Age.choices], required=False, label=_("Youngest child"))

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schemes = (scheme,)
        choices = [("", _("none")), *((each.value, scheme.printed(each.value)) for each in scheme.grades)]
        keys = {"": "n"} | {each.value: each.key for each in scheme.grades}
        self.fields["grade"] = forms.ChoiceField(
            choices=choices, required=False, widget=Keyed(keys), label=gettext(scheme.name)
        )


class ChildForm(forms.Form):
    """What police or child protection told of a child."""

    status = forms.ChoiceField(choices=Child.Status.choices, label=_("Status"))
